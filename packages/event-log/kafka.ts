import { randomUUID } from 'node:crypto'
import type { Admin, Kafka } from 'kafkajs'
import { LogMismatch, LogUnavailable } from './errors.ts'
import type { EventLog, GroupState, LogConsumer, LogRecord, StoredRecord } from './event-log.ts'
import { KafkaAppender } from './kafka-appender.ts'
import { asked, kafkaClient } from './kafka-client.ts'
import { KafkaConsumer } from './kafka-consumer.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { partitionOf } from './partition.ts'

/**
 * The log as a topic of Apache Kafka, through kafkajs.
 * @throws LogUnavailable where no broker answers
 * @throws LogMismatch where the topic is not there, or the brokers refuse the login
 */
export async function openKafkaLog(settings: KafkaSettings): Promise<EventLog> {
  const kafka = kafkaClient(settings)
  const admin = kafka.admin()
  try {
    await asked(() => admin.connect())
    return new KafkaLog(kafka, admin, settings, await partitionsOf(admin, settings.topic))
  } catch (error) {
    await admin.disconnect().catch(() => undefined)
    throw error
  }
}

/** Asked by list first: describing a topic that is not there makes it where brokers allow that. */
async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const topics = await asked(() => admin.listTopics())
  if (!topics.includes(topic))
    throw new LogMismatch(`The topic ${topic} is not there: make it with cairn migrate.`)
  const { topics: described } = await asked(() => admin.fetchTopicMetadata({ topics: [topic] }))
  return described[0]!.partitions.length
}

class KafkaLog implements EventLog {
  readonly partitions: number
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #settings: KafkaSettings
  readonly #appender: KafkaAppender
  readonly #consumers = new Set<KafkaConsumer>()
  #closed = false
  #reading: Promise<unknown> = Promise.resolve()

  constructor(kafka: Kafka, admin: Admin, settings: KafkaSettings, partitions: number) {
    this.#kafka = kafka
    this.#admin = admin
    this.#settings = settings
    this.partitions = partitions
    this.#appender = new KafkaAppender(kafka, settings, (authority) => this.partitionOf(authority))
  }

  partitionOf(authority: number): number {
    return partitionOf(authority, this.partitions)
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    this.#refuseWhenClosed()
    // Before it queues: a record that cannot be placed must not fail the calls that share its request.
    for (const record of records) this.partitionOf(record.authority)
    if (records.length > 0) await this.#appender.append(records)
  }

  async endOffsets(): Promise<Map<number, number>> {
    this.#refuseWhenClosed()
    const offsets = await asked(() => this.#admin.fetchTopicOffsets(this.#settings.topic))
    return new Map(
      offsets
        .map(({ partition, high }): [number, number] => [partition, Number(high)])
        .sort(([a], [b]) => a - b),
    )
  }

  async consumer({ group }: { group: string }): Promise<LogConsumer> {
    this.#refuseWhenClosed()
    const consumer = this.#consumerOf(this.#nameOf(group), () => this.#consumers.delete(consumer))
    this.#consumers.add(consumer)
    return consumer
  }

  async group(group: string): Promise<GroupState> {
    this.#refuseWhenClosed()
    const { groups } = await asked(() => this.#admin.describeGroups([this.#nameOf(group)]))
    const described = groups[0]
    return { state: described?.state ?? 'Dead', members: described?.members.length ?? 0 }
  }

  /** Through a group of its own, which it leaves behind for nobody. One at a time. */
  read(partition: number, offset: number): Promise<StoredRecord | undefined> {
    const next = this.#reading.then(() => this.#readOne(partition, offset))
    this.#reading = next.catch(() => undefined)
    return next
  }

  async #readOne(partition: number, offset: number): Promise<StoredRecord | undefined> {
    const end = (await this.endOffsets()).get(partition) ?? 0
    if (offset >= end) return undefined
    const group = this.#nameOf(`read.${randomUUID()}`)
    const consumer = this.#consumerOf(group, () => undefined)
    try {
      const deadline = performance.now() + 30_000
      while (performance.now() < deadline) {
        const { assigned, batches } = await consumer.poll({ maxRecords: 1, maxWaitMs: 1_000 })
        if (assigned.includes(partition)) consumer.only(partition, offset)
        const record = batches.find((batch) => batch.partition === partition)?.records[0]
        if (record) return record.offset === offset ? record : undefined
      }
      throw new LogUnavailable('the brokers did not give the record in time')
    } finally {
      await consumer.close()
      await this.#admin.deleteGroups([group]).catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#appender.close()
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()))
    await this.#reading
    await this.#admin.disconnect().catch(() => undefined)
  }

  /** Brokers are shared: a group is of its topic. */
  #nameOf(group: string): string {
    return `${this.#settings.topic}.${group}`
  }

  #consumerOf(group: string, onClose: () => void): KafkaConsumer {
    return new KafkaConsumer(this.#kafka, this.#admin, this.#settings, group, onClose)
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new LogUnavailable('the log is closed')
  }
}
