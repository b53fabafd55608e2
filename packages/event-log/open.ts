import { type EmbeddedLogOptions, openEmbeddedLog } from './embedded.ts'
import type { EventLog } from './event-log.ts'
import type { KafkaSettings } from './kafka-settings.ts'

/** Plain data: it may be handed to a thread. */
export type LogSettings =
  | ({ readonly kind: 'embedded' } & EmbeddedLogOptions)
  | ({ readonly kind: 'kafka' } & KafkaSettings)

/** Opens the event log that the settings name. @throws LogUnavailable where no broker can be reached */
export async function openEventLog(settings: LogSettings): Promise<EventLog> {
  if (settings.kind === 'embedded') return openEmbeddedLog(settings)
  // Loaded where it is used alone: an installation on one machine starts faster without it.
  const { openKafkaLog } = await import('./kafka.ts')
  return openKafkaLog(settings)
}

/**
 * Makes what the log needs before it can be opened, where it is not there yet: Kafka's topics. Returns their names; the
 * embedded log needs nothing. Idempotent.
 */
export async function migrateEventLog(
  settings: LogSettings,
  declaration: { readonly partitions?: number } = {},
): Promise<string[]> {
  if (settings.kind === 'embedded') return []
  const { createTopics } = await import('./kafka-topics.ts')
  return createTopics(settings, declaration)
}
