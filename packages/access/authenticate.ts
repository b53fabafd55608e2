import type { KeyGrant, Reader } from '@cairn/control-plane'
import { AccessError } from './access-error.ts'
import { isScope, type Scope, scopeOf } from './scope.ts'
import type { TokenVerifier } from './tokens.ts'

/** What a sender of events may do. */
export interface IngestGrant {
  readonly kind: 'ingest'
  readonly keyId: string
  readonly authority: number
  /** A school's URN, or null for the whole authority. */
  readonly school: number | null
  /** The `source` prefixes that it may send as; see sourceAllowed. */
  readonly sources: readonly string[]
}

export interface AccessDeps {
  /** A KeyCache over the control plane's keys. */
  readonly keys: { verify(presented: string): Promise<KeyGrant | undefined> }
  /** Where a token's reader has its grants from: never from the token. */
  readonly readers: { get(id: string): Promise<Reader | undefined> }
  /** Absent: tokens are not accepted. */
  readonly tokens?: TokenVerifier
}

/**
 * Who is asking. Takes an Authorization header (`Bearer` and an API key or a JWT), or the bare key from X-API-Key or a
 * query parameter. Refusals are returned; only a control plane that cannot be reached throws.
 */
export async function authenticate(
  credential: string | undefined,
  deps: AccessDeps,
): Promise<Scope | IngestGrant | AccessError> {
  const presented = credential?.replace(/^bearer +/i, '').trim()
  if (!presented) return new AccessError('credential_missing')
  if (presented.startsWith('cairn_')) return byKey(presented, deps)
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(presented)) return byToken(presented, deps)
  return new AccessError('credential_malformed')
}

/** As authenticate, for those who read: a sender's key is refused. */
export async function authenticateReader(
  credential: string | undefined,
  deps: AccessDeps,
): Promise<Scope | AccessError> {
  const who = await authenticate(credential, deps)
  return who instanceof AccessError || isScope(who) ? who : new AccessError('not_a_reader')
}

/** As authenticate, for those who send events: a reader's credential is refused. */
export async function authenticateSender(
  credential: string | undefined,
  deps: AccessDeps,
): Promise<IngestGrant | AccessError> {
  const who = await authenticate(credential, deps)
  return isScope(who) ? new AccessError('not_a_sender') : who
}

async function byKey(presented: string, { keys }: AccessDeps): Promise<Scope | IngestGrant | AccessError> {
  const grant = await keys.verify(presented)
  if (!grant) return new AccessError('key_refused')
  if (grant.kind === 'reader') return scopeOf(grant.reader)
  const { kind, keyId, authority, school } = grant
  return Object.freeze({ kind, keyId, authority, school, sources: Object.freeze([...grant.sources]) })
}

async function byToken(presented: string, { tokens, readers }: AccessDeps): Promise<Scope | AccessError> {
  if (!tokens) return new AccessError('tokens_not_accepted')
  const id = await tokens.verify(presented)
  if (id instanceof AccessError) return id
  const reader = await readers.get(id)
  return reader ? scopeOf(reader) : new AccessError('reader_unknown')
}
