import { type AccessDeps, AccessError, authenticateSender } from '@cairn/access'
import { sourceAllowed } from '@cairn/control-plane'
import { Problem } from './problem.ts'
import type { Grant } from './take.ts'

/** Turns a request's Authorization header into what its key may send. */
export function grantFrom(access: AccessDeps) {
  return async (authorization: string | undefined): Promise<Grant> => {
    const sender = await authenticateSender(authorization, access)
    if (sender instanceof AccessError)
      throw new Problem(sender.status === 401 ? 'unauthorised' : 'forbidden', { reason: sender.code })
    const { keyId, authority, school, sources } = sender
    return { keyId, authority, school, mayUse: (source) => sourceAllowed(sources, source) }
  }
}
