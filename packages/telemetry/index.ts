export { createLogger, type LoggerSettings } from './logger.ts'
export { createMetrics, type Metrics, type MetricText } from './metrics.ts'
export { requestId, withRequestId } from './request-id.ts'
