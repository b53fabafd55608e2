import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import declared from '../../infra/kafka/topics.json' with { type: 'json' }
import { asked, kafkaClient } from './kafka-client.ts'
import type { KafkaSettings } from './kafka-settings.ts'

/**
 * Makes the topic of the events as infra/kafka/topics.json declares it, where it is not there yet; returns the names of
 * what was made. On fewer brokers than replicas are declared, as many as there are. A topic that is there is left as it
 * is: its number of partitions decides where an authority's events are.
 */
export async function createTopics(
  settings: KafkaSettings,
  declaration: { readonly partitions?: number } = {},
): Promise<string[]> {
  const admin = kafkaClient(settings).admin()
  try {
    await asked(() => admin.connect())
    return await asked(() => create(admin, settings.topic, declaration))
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

async function create(
  admin: Admin,
  topic: string,
  declaration: { readonly partitions?: number },
): Promise<string[]> {
  if ((await admin.listTopics()).includes(topic)) return []
  const { brokers } = await admin.describeCluster()
  const { partitions, replicationFactor: wanted, config } = { ...declared.events, ...declaration }
  const replicationFactor = Math.min(wanted, brokers.length)
  const entries = {
    ...config,
    // An event is acknowledged once two replicas have it, where there are as many.
    'min.insync.replicas': String(Math.min(2, replicationFactor)),
  }
  const made = await admin.createTopics({
    // We wait ourselves: on a busy machine kafkajs gives up after its few tries.
    waitForLeaders: false,
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
      },
    ],
  })
  await untilLed(admin, topic)
  return made ? [topic] : []
}

/** Until each partition's leader answers for it: metadata name it before it knows of it. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic)
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await delay(200)
  }
}
