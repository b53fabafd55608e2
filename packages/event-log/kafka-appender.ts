import { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs'
import { LogUnavailable } from './errors.ts'
import type { LogRecord } from './event-log.ts'
import { fromKafka } from './kafka-client.ts'
import { recordBlock } from './kafka-records.ts'
import { defaultAppendTimeoutMs, type KafkaSettings } from './kafka-settings.ts'

/**
 * A request to the brokers takes further calls in until it holds this much. Of records kafkajs copies, while it sorts
 * them by partition, as many as half the square of their number.
 */
const REQUEST_RECORDS = 4_000
const REQUEST_CHARACTERS = 4 * 1024 * 1024

interface Waiting {
  readonly records: readonly LogRecord[]
  resolve(): void
  reject(error: unknown): void
}

/**
 * Appends through one idempotent producer with one request in flight: records of an authority keep their order, and a
 * request that is sent again is not written twice. Calls that arrive meanwhile share the next request, as calls of the
 * embedded log share a commit.
 */
export class KafkaAppender {
  readonly #kafka: Kafka
  readonly #settings: KafkaSettings
  readonly #partitionOf: (authority: number) => number
  #producer: Promise<Producer> | undefined
  readonly #waiting: Waiting[] = []
  #sending: Promise<void> | undefined
  #closed = false

  constructor(kafka: Kafka, settings: KafkaSettings, partitionOf: (authority: number) => number) {
    this.#kafka = kafka
    this.#settings = settings
    this.#partitionOf = partitionOf
  }

  /** Resolves once every replica that must have the records has them. @throws LogUnavailable */
  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closed) return Promise.reject(new LogUnavailable('the log is closed'))
    return new Promise((resolve, reject) => {
      // A call that waits behind a dead broker is refused in time too, and is then not sent any more.
      const waiting: Waiting = { records, resolve, reject }
      const limit = setTimeout(() => {
        const place = this.#waiting.indexOf(waiting)
        if (place >= 0) this.#waiting.splice(place, 1)
        reject(new LogUnavailable('the brokers did not confirm in time'))
      }, this.#settings.appendTimeoutMs ?? defaultAppendTimeoutMs)
      const settle = (end: () => void) => () => {
        clearTimeout(limit)
        end()
      }
      waiting.resolve = settle(resolve)
      waiting.reject = (error) => settle(() => reject(error))()
      this.#waiting.push(waiting)
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined
      })
    })
  }

  /** Waits for appends under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#sending
    await (await this.#producer?.catch(() => undefined))?.disconnect().catch(() => undefined)
  }

  async #sendAll(): Promise<void> {
    // Calls of one turn of the event loop go together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const calls = this.#take()
      try {
        await this.#send(calls)
        for (const call of calls) call.resolve()
      } catch (error) {
        for (const call of calls) call.reject(fromKafka(error))
        await this.#renewProducer()
      }
    }
  }

  #take(): Waiting[] {
    let records = 0
    let characters = 0
    let count = 0
    for (const call of this.#waiting) {
      const more = call.records.reduce((sum, { value }) => sum + value.length, 0)
      if (
        count > 0 &&
        (records + call.records.length > REQUEST_RECORDS || characters + more > REQUEST_CHARACTERS)
      )
        break
      records += call.records.length
      characters += more
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #send(calls: readonly Waiting[]): Promise<void> {
    this.#producer ??= this.#connect()
    const producer = await this.#producer
    const byPartition = new Map<number, LogRecord[]>()
    for (const { records } of calls)
      for (const record of records) {
        const partition = this.#partitionOf(record.authority)
        const some = byPartition.get(partition)
        if (some) some.push(record)
        else byPartition.set(partition, [record])
      }
    const blocks = [...byPartition].map(([partition, records]) => ({
      partition,
      records,
      ...recordBlock(records),
    }))
    try {
      await producer.send({
        topic: this.#settings.topic,
        acks: -1,
        compression: CompressionTypes.ZSTD,
        messages: blocks.flatMap(({ partition, records, placeholder }) =>
          new Array<Message>(records.length).fill({ key: null, partition, value: placeholder }),
        ),
      })
    } finally {
      for (const block of blocks) block.release()
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
      // Limited, so that a dead broker is told to the sender: what it sends again has the same identity and counts once.
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 },
    })
    await producer.connect()
    return producer
  }

  /** After a failure nobody knows which sequence numbers the broker has: a new producer begins anew. */
  async #renewProducer(): Promise<void> {
    const former = this.#producer
    this.#producer = undefined
    const producer = await former?.catch(() => undefined)
    producer?.disconnect().catch(() => undefined)
  }
}
