import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LogRecord } from '@cairn/event-log'
import { CompressionTypes, type Message } from 'kafkajs'
import { kafkaJars } from '../../infra/kafka/jars.ts'
import { type BenchBroker, bareKafka } from './kafka.ts'

/**
 * What the broker and its clients do without Cairn, records a second, on the same records: Kafka's own producer in Java,
 * and kafkajs with the adapter's settings.
 */

/** Kafka's kafka-producer-perf-test with acks=all and gzip. It has no headers, so it writes the values alone. */
export async function javaProducer(broker: BenchBroker, records: readonly LogRecord[]): Promise<number> {
  const { name } = await broker.topic('java')
  const payloads = join(tmpdir(), `${name}.txt`)
  writeFileSync(payloads, records.map(({ value }) => value).join('\n'))
  const properties = ['acks=all', 'enable.idempotence=true', 'compression.type=gzip', 'linger.ms=5']
  try {
    const { stdout } = await promisify(execFile)('java', [
      ...['-Xmx512m', '-cp', join(await kafkaJars(), '*'), 'org.apache.kafka.tools.ProducerPerformance'],
      ...['--bootstrap-server', broker.brokers, '--topic', name, '--num-records', String(records.length)],
      ...['--throughput', '-1', '--payload-file', payloads, '--command-property', ...properties],
    ])
    // Its last line is the sum: "200000 records sent, 123456.7 records/sec (…".
    const rate = /([\d.]+) records\/sec/.exec(stdout.trim().split('\n').at(-1)!)?.[1]
    if (rate === undefined) throw new Error('kafka-producer-perf-test did not say its rate')
    return Math.round(Number(rate))
  } finally {
    rmSync(payloads, { force: true })
  }
}

/** kafkajs alone: idempotent, gzip, acks of all replicas, one request in flight, so many records in each. */
export async function bareProducer(
  broker: BenchBroker,
  records: readonly LogRecord[],
  perRequest: number,
): Promise<number> {
  const { name: topic } = await broker.topic('bare')
  const producer = bareKafka(broker.brokers).producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = records.map(
    ({ authority, headers, value }): Message => ({ key: String(authority), headers, value }),
  )
  const started = performance.now()
  for (let at = 0; at < messages.length; at += perRequest)
    await producer.send({
      topic,
      acks: -1,
      compression: CompressionTypes.GZIP,
      messages: messages.slice(at, at + perRequest),
    })
  const rate = perSecond(messages.length, started)
  await producer.disconnect()
  return rate
}

/** kafkajs alone: fetches and unpacks so many records of a topic from its beginning, and drops them. */
export async function bareConsumer(broker: BenchBroker, topic: string, records: number): Promise<number> {
  const consumer = bareKafka(broker.brokers).consumer({ groupId: `${topic}.bare`, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  let started: number | undefined
  await new Promise<void>((resolve, reject) => {
    // From the assignment on: how long a group takes to form says nothing of a rate.
    consumer.on('consumer.group_join', () => {
      started ??= performance.now()
    })
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          seen += batch.messages.length
          if (seen >= records) resolve()
        },
      })
      .catch(reject)
  })
  const rate = perSecond(seen, started!)
  await consumer.disconnect()
  return rate
}

const perSecond = (records: number, started: number): number =>
  Math.round(records / ((performance.now() - started) / 1000))
