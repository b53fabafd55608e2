import { randomUUID } from 'node:crypto'
import { type LogSettings, migrateEventLog } from '@cairn/event-log'
import { Kafka, logLevel } from 'kafkajs'
import { startBroker } from '../../infra/kafka/broker.ts'
import { whyNoBroker } from '../../infra/kafka/jars.ts'

/** The broker of a run. */
export interface BenchBroker {
  /** host:port, several separated by commas. */
  readonly brokers: string
  /** Makes a topic as the product does: what the services get in their environment, and the same as settings. */
  topic(name: string): Promise<BenchTopic>
  /** Removes its topics, and ends the broker where it is our own. */
  stop(): Promise<void>
}

export interface BenchTopic {
  readonly name: string
  readonly settings: LogSettings
  readonly env: { readonly KAFKA_BROKERS: string; readonly KAFKA_TOPIC: string }
}

/** The broker that KAFKA_BROKERS names, else one of our own. @throws where this machine cannot run one */
export async function benchBroker(named: string | undefined): Promise<BenchBroker> {
  const why = named ? undefined : await whyNoBroker()
  if (why) throw new Error(`A broker cannot be run here: ${why}`)
  const own = named ? undefined : await startBroker()
  const brokers = named ?? own!.brokers
  const made: string[] = []
  return {
    brokers,
    async topic(kind) {
      const name = `cairn.bench.${kind}.${randomUUID().slice(0, 8)}`
      const settings: LogSettings = { kind: 'kafka', brokers: brokers.split(','), topic: name }
      await migrateEventLog(settings)
      made.push(name)
      return { name, settings, env: { KAFKA_BROKERS: brokers, KAFKA_TOPIC: name } }
    },
    async stop() {
      if (own) return own.stop()
      const admin = bareKafka(brokers).admin()
      await admin.connect()
      await admin.deleteTopics({ topics: made })
      await admin.disconnect()
    },
  }
}

/** A client without anything of ours. */
export const bareKafka = (brokers: string): Kafka =>
  new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING })

/** The services of a run without Kafka must not pick it up from the environment of whoever measures. */
export const withoutKafka = { KAFKA_BROKERS: undefined }
