import { type EmbeddedLogOptions, openEmbeddedLog } from './embedded.ts'
import type { EventLog } from './event-log.ts'

/** Kafka as the event log. */
export interface KafkaSettings {
  /** host:port of at least one broker. */
  readonly brokers: readonly string[]
  /** Made by `cairn migrate`, never by opening it. */
  readonly topic: string
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
}

/** Plain data: it may be handed to a thread. */
export type LogSettings =
  | ({ readonly kind: 'embedded' } & EmbeddedLogOptions)
  | ({ readonly kind: 'kafka' } & KafkaSettings)

/** Opens the event log that the settings name. @throws LogUnavailable where a broker cannot be reached */
export async function openEventLog(settings: LogSettings): Promise<EventLog> {
  if (settings.kind === 'embedded') return openEmbeddedLog(settings)
  throw new Error('Kafka is not here yet')
}

/**
 * Makes what the log needs before it can be opened, where it is not there yet: Kafka's topics. Returns their names; the
 * embedded log needs nothing. Idempotent.
 */
export async function migrateEventLog(settings: LogSettings): Promise<string[]> {
  if (settings.kind === 'embedded') return []
  throw new Error('Kafka is not here yet')
}
