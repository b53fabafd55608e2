/** The log cannot take or give records now (busy, full, closed, unreachable). Worth another try. */
export class LogUnavailable extends Error {
  readonly code = 'LOG_UNAVAILABLE'
  readonly retryable = true
  constructor(reason: string, options?: ErrorOptions) {
    super(`The event log is unavailable: ${reason}.`, options)
    this.name = 'LogUnavailable'
  }
}

/** The log was created with other settings than it is now opened with. */
export class LogMismatch extends Error {
  readonly code = 'LOG_MISMATCH'
  readonly retryable = false
  constructor(message: string) {
    super(message)
    this.name = 'LogMismatch'
  }
}

/** A consumer stands beyond the end of its partition: the log is not the one that its ledger knows. */
export class OffsetOutOfRange extends Error {
  readonly code = 'OFFSET_OUT_OF_RANGE'
  readonly retryable = false
  readonly partition: number
  readonly offset: number
  readonly end: number
  constructor(partition: number, offset: number, end: number) {
    super(
      `Partition ${partition} of the event log ends at offset ${end}, the consumer stands at ${offset}. ` +
        'The log was lost or exchanged: restore it, or rewind the ledger.',
    )
    this.name = 'OffsetOutOfRange'
    this.partition = partition
    this.offset = offset
    this.end = end
  }
}

/** What is stored cannot be read back. */
export class LogDamaged extends Error {
  readonly code = 'LOG_DAMAGED'
  readonly retryable = false
  constructor(where: string, options?: ErrorOptions) {
    super(`The event log is damaged at ${where}: restore it from a copy.`, options)
    this.name = 'LogDamaged'
  }
}

/** Records that a consumer had not read are gone: they stood in the log for longer than its retention. */
export class RecordsExpired extends Error {
  readonly code = 'RECORDS_EXPIRED'
  readonly retryable = false
  readonly partition: number
  readonly offset: number
  readonly start: number

  constructor(partition: number, offset: number, start: number) {
    super(
      `Partition ${partition} of the event log begins at offset ${start}, the consumer stands at ${offset}: ` +
        'what lies between has expired. Restore it, or note the loss and move the ledger on.',
    )
    this.name = 'RecordsExpired'
    this.partition = partition
    this.offset = offset
    this.start = start
  }
}
