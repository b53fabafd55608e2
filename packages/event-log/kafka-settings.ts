/** Kafka as the event log. Plain data: it may be handed to a thread. */
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
  /** After so long without a heartbeat a consumer's partitions go to others, in ms. Default 30 s. */
  readonly sessionTimeoutMs?: number
  /** How long an append may take before it is refused as unavailable, in ms. Default 10 s. */
  readonly appendTimeoutMs?: number
}

export const defaultSessionTimeoutMs = 30_000
export const defaultAppendTimeoutMs = 10_000

/** A heartbeat this often: a consumer learns of a rebalance within it. */
export const heartbeatMs = (settings: Pick<KafkaSettings, 'sessionTimeoutMs'>): number =>
  Math.min(3_000, Math.floor((settings.sessionTimeoutMs ?? defaultSessionTimeoutMs) / 10))
