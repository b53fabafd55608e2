/**
 * The port to the event log: partitions, offsets, at-least-once, pull. Kafka's model, since Kafka is what
 * stands behind it beyond one machine; `contract.ts` is the suite that every adapter passes.
 */

/** One event as it goes in. `value` is JSON text; `headers` are the CloudEvents attributes of binary mode. */
export interface LogRecord {
  /** The key: the authority's number. All records of an authority are in one partition, in one order. */
  authority: number
  headers: Record<string, string>
  /** Well-formed Unicode (JSON text always is); a lone surrogate would come back as U+FFFD. */
  value: string
}

export interface StoredRecord extends LogRecord {
  /** Position in its partition. */
  offset: number
  /** When it was appended, in ms since 1970. */
  appendedAt: number
}

export interface PartitionBatch {
  partition: number
  /** In offset order. Offsets that are missing between two records are a gap: the reader's alarm to raise. */
  records: StoredRecord[]
  /** The offset after the last record: what to commit once these records are dealt with. */
  nextOffset: number
}

export interface EventLog {
  readonly partitions: number
  /** The partition of an authority: the same one always, in every process and adapter. */
  partitionOf(authority: number): number
  /**
   * Resolves only once every record is durable. Concurrent calls share a commit. Records of one call that
   * belong to one authority keep their order.
   * @throws LogUnavailable: try again. Records may stand in the log even so: delivery is at least once.
   */
  append(records: readonly LogRecord[]): Promise<void>
  /** The next offset to be written, for each partition. */
  endOffsets(): Promise<Map<number, number>>
  consumer(options: { group: string }): Promise<LogConsumer>
  /** One record, to show it or to replay it from quarantine; undefined where there is none. */
  read(partition: number, offset: number): Promise<StoredRecord | undefined>
  /** How the consumers of a group stand, where the log keeps groups; undefined where every consumer has everything. */
  group(group: string): Promise<GroupState | undefined>
  /** Waits for appends under way and closes every consumer of this handle. */
  close(): Promise<void>
}

/** When the last record before an offset was appended, in ms since 1970; undefined where the log has none such. */
export async function appendedBefore(
  log: Pick<EventLog, 'read'>,
  partition: number,
  offset: number,
): Promise<number | undefined> {
  return offset > 0 ? (await log.read(partition, offset - 1))?.appendedAt : undefined
}

/** The group of the aggregators' consumers. */
export const aggregators = 'aggregator'

/** Kafka's words: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead. */
export interface GroupState {
  readonly state: string
  readonly members: number
}

export interface PollOptions {
  /** Most records over all partitions together, at least 1. Fewer may come, where records are large. */
  maxRecords: number
  /** How long to wait for a first record, in ms. */
  maxWaitMs: number
  /** Ends the wait: the poll resolves with what it has, it does not throw. */
  signal?: AbortSignal
}

export interface PollResult {
  /** Partitions that came to this consumer since the last poll. */
  assigned: number[]
  /** Partitions that were taken from it since the last poll. */
  revoked: number[]
  /** At most one a partition. Never of a partition that this same poll reports as assigned. */
  batches: PartitionBatch[]
}

/** One caller at a time: polls of one consumer do not overlap. */
export interface LogConsumer {
  /**
   * Returns as soon as there are records, sharing `maxRecords` fairly over the partitions that have some.
   * A partition that is newly assigned is reported before any of its records, so that the caller can seek
   * to where its ledger stands; without a seek it starts at the committed position, or at the beginning.
   * @throws OffsetOutOfRange where a position lies beyond the end: never reset in silence.
   * @throws LogDamaged where what is stored cannot be read.
   */
  poll(options: PollOptions): Promise<PollResult>
  /** The next poll takes this partition up from `offset`, forwards or back. */
  seek(partition: number, offset: number): void
  /** Notes the next offset to read, for each partition given. Advisory: the ledger decides where to start. */
  commit(positions: Map<number, number>): Promise<void>
  /** Only the partitions that this group ever committed. */
  committed(): Promise<Map<number, number>>
  close(): Promise<void>
}
