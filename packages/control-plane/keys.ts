import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AuthorityEntity, KeyEntity, type KeyRow, SchoolEntity } from './entities.ts'
import { type Reader, readReader } from './readers.ts'
import { RefusedError } from './refused.ts'
import { prefixesOverlap, prefixFault } from './sources.ts'
import { change, type Em, em, type Store } from './store.ts'

export interface IngestKeyRequest {
  readonly kind: 'ingest'
  readonly authority: number
  /** A school's URN, or null for a key of the whole authority. */
  readonly school: number | null
  /** The `source` prefixes that it may send as. */
  readonly sources: readonly string[]
  readonly label: string
  readonly expiresAt?: string
}

export interface ReaderKeyRequest {
  readonly kind: 'reader'
  readonly reader: string
  readonly label: string
  readonly expiresAt?: string
}

/** What a valid key allows. */
export type KeyGrant =
  | {
      readonly kind: 'ingest'
      readonly keyId: string
      readonly authority: number
      readonly school: number | null
      readonly sources: readonly string[]
    }
  | { readonly kind: 'reader'; readonly keyId: string; readonly reader: Reader }

/** A key as lists show it: never its secret. Times are ISO 8601, UTC. */
export interface KeyInfo {
  readonly id: string
  readonly kind: 'ingest' | 'reader'
  readonly authority: number | null
  readonly school: number | null
  readonly sources: readonly string[]
  readonly reader: string | null
  readonly label: string
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

export interface CreatedKey {
  readonly id: string
  /** `cairn_<id>_<secret>`: shown this once, kept nowhere. */
  readonly key: string
}

const shape = /^cairn_([a-z2-7]{16})_([A-Za-z0-9_-]{43})$/
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const nobody = createHash('sha256').update('no such key').digest()

/** Whether a string has the shape of a key: what has not is refused without asking anybody. */
export const hasKeyShape = (presented: string): boolean => shape.test(presented)

export class Keys {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async create(request: IngestKeyRequest | ReaderKeyRequest): Promise<CreatedKey> {
    const id = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')
    const secret = randomBytes(32).toString('base64url')
    await change(this.#store, async (tx) => {
      const row =
        request.kind === 'ingest' ? await ingestRow(tx.em, request) : await readerRow(tx.em, request)
      const times = {
        createdAt: this.#store.now().toISOString(),
        expiresAt: expiry(request.expiresAt),
        revokedAt: null,
      }
      const label = request.label.trim()
      if (label === '' || label.length > 200) throw new RefusedError('label', '1 to 200 characters')
      await tx.em.insert(KeyEntity, { id, secretHash: hash(secret).toString('hex'), ...row, label, ...times })
      await tx.touch('keys')
      const { sources, ...rest } = row
      const detail = { ...rest, sources: JSON.parse(sources), label, expiresAt: times.expiresAt }
      await tx.note({ action: 'key.create', subject: `key ${id}`, detail })
    })
    return { id, key: `cairn_${id}_${secret}` }
  }

  /** Revokes a key, for good; caches follow within their two seconds. Revoking it again changes nothing. */
  async revoke(id: string): Promise<void> {
    await change(this.#store, async (tx) => {
      const key = await tx.em.findOne(KeyEntity, id)
      if (!key) throw new RefusedError('id', 'a key there is')
      if (key.revokedAt != null) return
      await tx.em.nativeUpdate(KeyEntity, { id }, { revokedAt: this.#store.now().toISOString() })
      await tx.touch('keys')
      await tx.note({ action: 'key.revoke', subject: `key ${id}` })
    })
  }

  /** All keys, or an authority's ingest keys, oldest first. */
  async list(authority?: number): Promise<KeyInfo[]> {
    const where = authority === undefined ? {} : { authority }
    const rows = await em(this.#store).find(KeyEntity, where, { orderBy: { createdAt: 'asc', id: 'asc' } })
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as KeyInfo['kind'],
      authority: row.authority ?? null,
      school: row.school ?? null,
      sources: JSON.parse(row.sources),
      reader: row.reader ?? null,
      label: row.label,
      createdAt: row.createdAt,
      expiresAt: row.expiresAt ?? null,
      revokedAt: row.revokedAt ?? null,
    }))
  }

  /** What a presented key allows now; undefined where it is malformed, unknown, wrong, revoked or expired. */
  async verify(presented: string): Promise<KeyGrant | undefined> {
    const [, id, secret] = shape.exec(presented) ?? []
    if (id === undefined || secret === undefined) return undefined
    const tx = em(this.#store)
    const row = await tx.findOne(KeyEntity, id)
    // The comparison takes the same time whether the key exists or not.
    const same = timingSafeEqual(hash(secret), row ? Buffer.from(row.secretHash, 'hex') : nobody)
    if (!row || !same || row.revokedAt != null) return undefined
    if (row.expiresAt != null && row.expiresAt <= this.#store.now().toISOString()) return undefined
    return grantOf(tx, row)
  }
}

const hash = (secret: string): Buffer => createHash('sha256').update(secret).digest()

async function grantOf(tx: Em, row: KeyRow): Promise<KeyGrant | undefined> {
  if (row.kind === 'ingest') {
    const sources: string[] = JSON.parse(row.sources)
    return { kind: 'ingest', keyId: row.id, authority: row.authority!, school: row.school ?? null, sources }
  }
  const reader = await readReader(tx, row.reader!)
  return reader && { kind: 'reader', keyId: row.id, reader }
}

async function ingestRow(tx: Em, { authority, school, sources }: IngestKeyRequest) {
  if (!(await tx.findOne(AuthorityEntity, authority)))
    throw new RefusedError('authority', 'one that has been added')
  if (school !== null && !(await tx.findOne(SchoolEntity, { urn: school, authority }))) {
    throw new RefusedError('school', 'one of that authority')
  }
  if (sources.length === 0) throw new RefusedError('sources', 'at least one prefix')
  for (const prefix of sources) {
    const rule = prefixFault(prefix)
    if (rule !== undefined) throw new RefusedError('sources', rule)
  }
  if (school !== null) await refuseOverlap(tx, authority, school, sources)
  return { kind: 'ingest', authority, school, sources: JSON.stringify(sources), reader: null }
}

/** Two schools with a source in common could overwrite each other's events; revoked keys count, their events remain. */
async function refuseOverlap(
  tx: Em,
  authority: number,
  school: number,
  sources: readonly string[],
): Promise<void> {
  const others = await tx.find(KeyEntity, { authority, school: { $ne: null } })
  const taken = others
    .filter((key) => key.school !== school)
    .flatMap((key): string[] => JSON.parse(key.sources))
  if (sources.some((prefix) => taken.some((other) => prefixesOverlap(prefix, other)))) {
    throw new RefusedError('sources', 'no prefix that contains, or lies within, one of another school')
  }
}

async function readerRow(tx: Em, { reader }: ReaderKeyRequest) {
  if (!(await readReader(tx, reader))) throw new RefusedError('reader', 'one that has been added')
  return { kind: 'reader', authority: null, school: null, sources: '[]', reader }
}

function expiry(expiresAt: string | undefined): string | null {
  if (expiresAt === undefined) return null
  const at = new Date(expiresAt)
  if (Number.isNaN(at.getTime())) throw new RefusedError('expiresAt', 'an ISO 8601 time')
  return at.toISOString()
}
