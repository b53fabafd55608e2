import { type Broker, startBroker } from '../../infra/kafka/broker.ts'
import { whyNoBroker } from '../../infra/kafka/jars.ts'

/** A broker to test with: the one that KAFKA_BROKERS names, else one of our own. */
export interface TestBroker {
  readonly brokers: string[]
  /** Undefined where it is somebody else's: then it is neither killed nor frozen. */
  readonly own: Broker | undefined
  stop(): Promise<void>
}

/**
 * Undefined, with a word on standard error, where this machine cannot run one; an error where CAIRN_REQUIRE_KAFKA is
 * set, as CI does, so that nothing is left out there without being seen.
 */
export async function testBroker(env: NodeJS.ProcessEnv): Promise<TestBroker | undefined> {
  if (env.KAFKA_BROKERS)
    return { brokers: env.KAFKA_BROKERS.split(','), own: undefined, stop: async () => undefined }
  const why = await whyNoBroker()
  if (why) {
    if (env.CAIRN_REQUIRE_KAFKA) throw new Error(`Kafka is required here, and cannot be run: ${why}`)
    process.stderr.write(`The tests on a real Kafka are left out: ${why}\n`)
    return undefined
  }
  const own = await startBroker()
  return { brokers: [own.brokers], own, stop: () => own.stop() }
}
