export { DEFAULT_PARTITIONS, type EmbeddedLogOptions, openEmbeddedLog } from './embedded.ts'
export { LogDamaged, LogMismatch, LogUnavailable, OffsetOutOfRange, RecordsExpired } from './errors.ts'
export type {
  EventLog,
  GroupState,
  LogConsumer,
  LogRecord,
  PartitionBatch,
  PollOptions,
  PollResult,
  StoredRecord,
} from './event-log.ts'
export { aggregators, appendedBefore } from './event-log.ts'
export { heartbeatMs, type KafkaSettings } from './kafka-settings.ts'
export { type LogSettings, migrateEventLog, openEventLog } from './open.ts'
