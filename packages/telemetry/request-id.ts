import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

const current = new AsyncLocalStorage<string>()
const WELL_FORMED = /^[\w.-]{8,64}$/

/**
 * Runs `work` under a request's id, which every log line within it then carries. An id that came from outside
 * is kept if it is 8 to 64 letters, digits, `_`, `.` or `-`; otherwise a new one is made.
 */
export function withRequestId<T>(given: string | undefined, work: (requestId: string) => T): T {
  const requestId = given !== undefined && WELL_FORMED.test(given) ? given : randomUUID()
  return current.run(requestId, () => work(requestId))
}

/** The id of the request being worked on. */
export function requestId(): string | undefined {
  return current.getStore()
}
