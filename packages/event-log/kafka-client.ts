import { Kafka, logLevel, type SASLOptions } from 'kafkajs'
import { LogMismatch, LogUnavailable } from './errors.ts'
import type { KafkaSettings } from './kafka-settings.ts'

/** A client; requests are tried again for a few seconds, then the caller hears of it and decides. */
export function kafkaClient(settings: KafkaSettings): Kafka {
  const { brokers, ssl, sasl } = settings
  return new Kafka({
    clientId: 'cairn',
    brokers: [...brokers],
    ...(ssl
      ? {
          ssl: {
            ...(ssl.ca === undefined ? {} : { ca: [ssl.ca] }),
            ...(ssl.cert === undefined ? {} : { cert: ssl.cert }),
            ...(ssl.key === undefined ? {} : { key: ssl.key }),
          },
        }
      : {}),
    ...(sasl ? { sasl: { ...sasl } as SASLOptions } : {}),
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    // Its log quotes addresses and stacks: what matters is said by the errors of the port and by metrics.
    logLevel: logLevel.NOTHING,
    retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000 },
  })
}

/** What went wrong, in the port's own errors; kafkajs's text may quote what it was sent. */
export function fromKafka(error: unknown): Error {
  if (error instanceof LogUnavailable || error instanceof LogMismatch) return error
  const { name = 'Error', type, cause } = error as { name?: string; type?: string; cause?: { type?: string } }
  const code = type ?? cause?.type
  if (name === 'KafkaJSSASLAuthenticationError')
    return new LogMismatch('The brokers refuse the login: see KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.')
  return new LogUnavailable(`Kafka: ${code ?? name}`)
}

/** Runs a request and turns its failure into the port's errors. */
export async function asked<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request()
  } catch (error) {
    throw fromKafka(error)
  }
}
