import type { Admin, Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs'
import { LogUnavailable, OffsetOutOfRange, RecordsExpired } from './errors.ts'
import type { LogConsumer, PartitionBatch, PollOptions, PollResult, StoredRecord } from './event-log.ts'
import { asked } from './kafka-client.ts'
import { defaultSessionTimeoutMs, heartbeatMs, type KafkaSettings } from './kafka-settings.ts'

/** What has been fetched and not yet polled: beyond the first no more is fetched, below the second again. */
const BUFFER_HIGH = 24 * 1024 * 1024
const BUFFER_LOW = 8 * 1024 * 1024
const MAX_POLL_BYTES = 32 * 1024 * 1024
const FETCH_WAIT_MS = 200
/** A consumer from which nothing was heard for so long is replaced: kafkajs has been seen to hang after an outage. */
const SILENCE_MS = 60_000

/** A partition that the group gave us. */
interface Held {
  /** What is given out next, and what is fetched next; undefined until the first fetch shows the committed position. */
  next: number | undefined
  fetched: number | undefined
  messages: KafkaMessage[]
  /** Of `messages`, how many were given out. */
  given: number
  bytes: number
  paused: boolean
  /** A position that nobody has held against the log's ends yet. */
  unchecked: boolean
}

/**
 * Pull over kafkajs's push. What the group assigns is announced by the next poll; what is fetched waits in a buffer that
 * pauses its partition when it is full, so that a caller who is away for minutes keeps its place in the group and its
 * memory bounded. Each fetched batch says from which offset it was asked for: one that was asked for before a seek, or
 * after a silent reset by the client, is not taken.
 */
export class KafkaConsumer implements LogConsumer {
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #settings: KafkaSettings
  readonly #group: string
  readonly #onClose: () => void
  #consumer: Consumer | undefined
  #held = new Map<number, Held>()
  #announced = new Set<number>()
  /** The group has assigned anew since the last poll. */
  #joined = false
  #buffered = 0
  #turn = 0
  #wake: () => void = () => undefined
  #heardAt = performance.now()
  #starting: Promise<void> | undefined
  #closed = false

  constructor(kafka: Kafka, admin: Admin, settings: KafkaSettings, group: string, onClose: () => void) {
    this.#kafka = kafka
    this.#admin = admin
    this.#settings = settings
    this.#group = group
    this.#onClose = onClose
  }

  async poll({ maxRecords, maxWaitMs, signal }: PollOptions): Promise<PollResult> {
    const deadline = performance.now() + maxWaitMs
    this.#refuseWhenClosed()
    for (;;) {
      if (this.#closed) return { assigned: [], revoked: [], batches: [] }
      await this.#running()
      if (this.#joined) return this.#announce()
      await this.#checkPositions()
      const batches = this.#gather(maxRecords)
      const left = deadline - performance.now()
      if (batches.length > 0 || left <= 0 || signal?.aborted) return { assigned: [], revoked: [], batches }
      await this.#woken(left, signal)
    }
  }

  seek(partition: number, offset: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new RangeError('offset: must be a whole number from 0')
    const held = this.#held.get(partition)
    // Taken from us meanwhile: the next poll says so.
    if (!held) return
    this.#buffered -= held.bytes
    Object.assign(held, { next: offset, fetched: offset, messages: [], given: 0, bytes: 0, unchecked: true })
    this.#consumer?.seek({ topic: this.#settings.topic, partition, offset: String(offset) })
    this.#resume()
  }

  /** Reads this one partition alone, from an offset on. */
  only(partition: number, offset: number): void {
    const others = [...this.#held.keys()].filter((one) => one !== partition)
    this.#consumer?.pause([{ topic: this.#settings.topic, partitions: others }])
    for (const other of others) this.#held.delete(other)
    this.seek(partition, offset)
  }

  async commit(positions: Map<number, number>): Promise<void> {
    this.#refuseWhenClosed()
    await this.#running()
    const { topic } = this.#settings
    await asked(() =>
      this.#consumer!.commitOffsets(
        [...positions].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
      ),
    )
  }

  async committed(): Promise<Map<number, number>> {
    this.#refuseWhenClosed()
    const { topic } = this.#settings
    const found = await asked(() => this.#admin.fetchOffsets({ groupId: this.#group, topics: [topic] }))
    return new Map(
      (found[0]?.partitions ?? [])
        .map(({ partition, offset }): [number, number] => [partition, Number(offset)])
        .filter(([, offset]) => offset >= 0)
        .sort(([a], [b]) => a - b),
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake()
    await this.#starting?.catch(() => undefined)
    await this.#discard()
    this.#onClose()
  }

  /** Starts it, or starts it anew where it has ended or fallen silent. */
  async #running(): Promise<void> {
    if (this.#consumer && performance.now() - this.#heardAt < SILENCE_MS) return
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    await asked(() => this.#starting!)
  }

  async #start(): Promise<void> {
    await this.#discard()
    const sessionTimeout = this.#settings.sessionTimeoutMs ?? defaultSessionTimeoutMs
    const consumer = this.#kafka.consumer({
      groupId: this.#group,
      sessionTimeout,
      rebalanceTimeout: sessionTimeout,
      heartbeatInterval: heartbeatMs(this.#settings),
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: 1024 * 1024,
      maxBytes: 8 * 1024 * 1024,
      retry: { retries: 6, initialRetryTime: 100, maxRetryTime: 2_000 },
    })
    const heard = () => {
      this.#heardAt = performance.now()
    }
    consumer.on('consumer.fetch', heard)
    consumer.on('consumer.heartbeat', heard)
    // Before run(), or the first assignment is missed.
    consumer.on('consumer.group_join', ({ payload }) => {
      if (consumer !== this.#consumer) return
      heard()
      this.#assign(payload.memberAssignment[this.#settings.topic] ?? [])
    })
    consumer.on('consumer.crash', ({ payload }) => {
      if (consumer !== this.#consumer || payload.restart) return
      this.#consumer = undefined
      this.#wake()
    })
    heard()
    try {
      await consumer.connect()
      await consumer.subscribe({ topic: this.#settings.topic, fromBeginning: true })
      this.#consumer = consumer
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#take(payload),
      })
    } catch (error) {
      this.#consumer = undefined
      await consumer.disconnect().catch(() => undefined)
      throw error
    }
  }

  async #discard(): Promise<void> {
    const former = this.#consumer
    this.#consumer = undefined
    if (!former) return
    const limit = new Promise((resolve) => setTimeout(resolve, 10_000).unref())
    await Promise.race([former.disconnect().catch(() => undefined), limit])
  }

  /** After each rebalance everything is announced anew: somebody else may have had it in between. */
  #assign(partitions: readonly number[]): void {
    this.#buffered = 0
    this.#held = new Map(
      partitions.map((partition) => [
        partition,
        {
          next: undefined,
          fetched: undefined,
          messages: [],
          given: 0,
          bytes: 0,
          paused: false,
          unchecked: false,
        },
      ]),
    )
    this.#consumer?.resume([{ topic: this.#settings.topic }])
    this.#joined = true
    this.#wake()
  }

  #announce(): PollResult {
    const assigned = [...this.#held.keys()].sort((a, b) => a - b)
    const revoked = [...this.#announced].filter((one) => !this.#held.has(one))
    this.#announced = new Set(assigned)
    this.#joined = false
    return { assigned, revoked, batches: [] }
  }

  /** Takes what was fetched into the buffer; never waits, so that the client goes on sending heartbeats. */
  async #take({ batch, resolveOffset, isStale, isRunning, pause }: EachBatchPayload): Promise<void> {
    const held = this.#held.get(batch.partition)
    if (!held || isStale() || !isRunning() || batch.messages.length === 0) return
    const from = Number((batch as { fetchedOffset?: string }).fetchedOffset)
    held.next ??= from
    held.fetched ??= from
    if (from !== held.fetched) {
      // The client began somewhere else by itself: what it gives is not what comes next.
      held.unchecked = true
      this.#consumer?.seek({ topic: batch.topic, partition: batch.partition, offset: String(held.fetched) })
      this.#wake()
      return
    }
    for (const message of batch.messages) {
      held.messages.push(message)
      held.bytes += sizeOf(message)
      this.#buffered += sizeOf(message)
    }
    held.fetched = Number(batch.lastOffset()) + 1
    resolveOffset(batch.messages.at(-1)!.offset)
    if (this.#buffered > BUFFER_HIGH) {
      pause()
      held.paused = true
    }
    this.#wake()
  }

  /** A seek, or a reset by the client, is held against the log's ends before anything is given out. */
  async #checkPositions(): Promise<void> {
    const unchecked = [...this.#held].filter(([, held]) => held.unchecked)
    if (unchecked.length === 0) return
    const ends = await asked(() => this.#admin.fetchTopicOffsets(this.#settings.topic))
    for (const [partition, held] of unchecked) {
      const { low, high } = ends.find((one) => one.partition === partition) ?? { low: '0', high: '0' }
      const next = held.fetched ?? 0
      if (next > Number(high)) throw new OffsetOutOfRange(partition, next, Number(high))
      if (next < Number(low)) throw new RecordsExpired(partition, next, Number(low))
      held.unchecked = false
    }
  }

  /** A fair share for each partition that has records, beginning with another one each time. */
  #gather(maxRecords: number): PartitionBatch[] {
    const ready = [...this.#held].filter(([, held]) => held.messages.length > held.given)
    if (ready.length === 0) return []
    this.#turn = (this.#turn + 1) % ready.length
    const batches: PartitionBatch[] = []
    let left = maxRecords
    let bytes = 0
    for (let i = 0; i < ready.length && left > 0 && bytes < MAX_POLL_BYTES; i++) {
      const [partition, held] = ready[(this.#turn + i) % ready.length]!
      const share = Math.max(1, Math.ceil(left / (ready.length - i)))
      const records: StoredRecord[] = []
      while (records.length < Math.min(share, left) && held.given < held.messages.length) {
        const message = held.messages[held.given]!
        const size = sizeOf(message)
        if (records.length + batches.length > 0 && bytes + size > MAX_POLL_BYTES) break
        records.push(recordOf(message))
        held.given++
        held.bytes -= size
        this.#buffered -= size
        bytes += size
      }
      if (records.length === 0) continue
      left -= records.length
      held.next = records.at(-1)!.offset + 1
      if (held.given === held.messages.length || held.given > 4_096) {
        held.messages = held.messages.slice(held.given)
        held.given = 0
      }
      batches.push({ partition, records, nextOffset: held.next })
    }
    this.#resume()
    return batches
  }

  #resume(): void {
    if (this.#buffered > BUFFER_LOW) return
    const partitions = [...this.#held].filter(([, held]) => held.paused).map(([partition]) => partition)
    if (partitions.length === 0) return
    for (const partition of partitions) this.#held.get(partition)!.paused = false
    this.#consumer?.resume([{ topic: this.#settings.topic, partitions }])
  }

  async #woken(waitMs: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      // Wakes now and then without a reason: silence has to be noticed too.
      const timer = setTimeout(resolve, Math.min(waitMs, 1_000))
      const wake = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#wake = wake
      signal?.addEventListener('abort', wake, { once: true })
    })
    this.#wake = () => undefined
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new LogUnavailable('the log is closed')
  }
}

const sizeOf = ({ value }: KafkaMessage): number => (value?.length ?? 0) + 256

function recordOf({ key, headers = {}, value, offset, timestamp }: KafkaMessage): StoredRecord {
  return {
    authority: Number(key?.toString() ?? Number.NaN),
    headers: textsOf(headers),
    value: value?.toString() ?? '',
    offset: Number(offset),
    appendedAt: Number(timestamp),
  }
}

/** By hand: through lists of entries it took as long as all else that is done to a record here. */
function textsOf(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const header = headers[name]
    const text = String((Array.isArray(header) ? header[0] : header) ?? '')
    // A name that an assignment would take for the prototype.
    if (name === '__proto__') Object.defineProperty(texts, name, { value: text, enumerable: true })
    else texts[name] = text
  }
  return texts
}
