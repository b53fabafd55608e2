import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import { redact } from './redact.ts'
import { requestId } from './request-id.ts'

export interface LoggerSettings {
  /** pino's levels: trace, debug, info, warn, error, fatal, silent. Default info. */
  level?: string
  /** Default: standard error. Standard output belongs to what a command answers. */
  destination?: DestinationStream
}

/** A logger of JSON lines that carries the service and the request's id, and passes everything through `redact`. */
export function createLogger(service: string, settings: LoggerSettings = {}): Logger {
  const withoutSecrets = (fields: object) => redact(fields) as Record<string, unknown>
  const options: LoggerOptions = {
    level: settings.level ?? 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
    // `redact` has dealt with errors before pino's own serializer could copy everything they carry.
    serializers: { err: (error: unknown) => error },
    mixin: () => {
      const id = requestId()
      return id === undefined ? {} : { requestId: id }
    },
  }
  const logger: Logger = pino(options, settings.destination ?? pino.destination(2))
  // pino passes a child's own fields through no formatter. Children inherit this method, and so do theirs.
  const child = logger.child
  logger.child = function (this: Logger, fields: object, childOptions?: object) {
    return child.call(this, withoutSecrets(fields), childOptions)
  } as Logger['child']
  return logger
}
