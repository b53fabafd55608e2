export { DEFAULT_PARTITIONS, type EmbeddedLogOptions, openEmbeddedLog } from './embedded.ts'
export { LogDamaged, LogMismatch, LogUnavailable, OffsetOutOfRange } from './errors.ts'
export type {
  EventLog,
  LogConsumer,
  LogRecord,
  PartitionBatch,
  PollOptions,
  PollResult,
  StoredRecord,
} from './event-log.ts'
export { type KafkaSettings, type LogSettings, migrateEventLog, openEventLog } from './open.ts'
