import { Kafka, logLevel } from 'kafkajs'
import type { LoggedInput } from './model.ts'
import type { Input } from './stream.ts'

/** The event as it is sent. */
export const parts = ({ id, source, type, version, data }: Input) => ({
  specversion: '1.0',
  id,
  source,
  type,
  version,
  data,
})

/**
 * Everything that a topic holds, in the order of its partitions, by a plain consumer that shares nothing with the
 * product's own: what the model works the figures out from.
 */
export async function readTopic(brokers: string[], topic: string): Promise<LoggedInput[]> {
  const kafka = new Kafka({ clientId: 'model', brokers, logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  const groupId = `model-${Math.random()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  await Promise.all([admin.connect(), consumer.connect()])
  try {
    const ends = new Map((await admin.fetchTopicOffsets(topic)).map((p) => [p.partition, Number(p.high)]))
    const left = new Map([...ends].filter(([, end]) => end > 0))
    const events: LoggedInput[] = []
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      if (left.size === 0) resolve()
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            const offset = Number(message.offset)
            if (!left.has(partition) || offset >= ends.get(partition)!) return
            const header = (name: string) => String(message.headers?.[name])
            events.push({
              authority: Number(message.key),
              offset,
              source: header('ce_source'),
              id: header('ce_id'),
              version: Number(header('ce_version')),
              type: header('ce_type'),
              data: JSON.parse(message.value!.toString()),
              appendedAt: Number(message.timestamp),
            })
            if (offset + 1 === ends.get(partition)) left.delete(partition)
            if (left.size === 0) resolve()
          },
        })
        .catch(reject)
    })
    return events
  } finally {
    await consumer.disconnect()
    await admin.deleteGroups([groupId]).catch(() => undefined)
    await admin.disconnect()
  }
}
