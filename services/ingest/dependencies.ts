import type { EventLog } from '@cairn/event-log'
import type { Logger } from 'pino'
import type { Limits } from './limits.ts'
import type { Grant } from './take.ts'
import type { Directory } from './tenants.ts'

/** What ingest is built from. */
export interface IngestDependencies {
  readonly log: Pick<EventLog, 'append' | 'endOffsets'>
  readonly directory: Directory
  /** The grant of a request's Authorization header. Throws Problem: unauthorised or forbidden. */
  authenticate(authorization: string | undefined): Promise<Grant>
  /** Rejects where the control plane cannot be read. */
  checkControlPlane(): Promise<void>
  /** Gets codes, counts and ids of requests and keys; never a header, a body, an error's text or a URL. */
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>
  readonly limits?: Partial<Limits>
}
