import { randomBytes } from 'node:crypto'
import { AuthorityEntity } from './entities.ts'
import { seal, unseal } from './master-key.ts'
import { RefusedError } from './refused.ts'
import { change, em, revision, type Store } from './store.ts'

/** A local authority: the tenant. */
export interface Authority {
  /** The Department's three-digit LA code, e.g. 855. */
  readonly code: number
  /** The ONS code, e.g. E10000018; some superseded authorities have none. */
  readonly gssCode: string | null
  readonly name: string
}

export interface PseudonymKey {
  /** Stands in front of each pseudonym, so that a key can be told from its successor. */
  readonly keyId: string
  /** 32 bytes. */
  readonly key: Buffer
}

const purpose = (code: number, keyId: string) => `pseudonym key ${keyId} of authority ${code}`

export class Authorities {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Adds an authority with a new pseudonym key of its own. */
  async add(authority: Authority): Promise<Authority> {
    const { code, gssCode, name } = checkAuthority(authority)
    await change(this.#store, async ({ em, note, touch }) => {
      if (await em.findOne(AuthorityEntity, code)) throw new RefusedError('code', 'not yet taken')
      const keyId = 'k1'
      const sealedKey = seal(this.#store.masterKey, purpose(code, keyId), randomBytes(32))
      const createdAt = this.#store.now().toISOString()
      await em.insert(AuthorityEntity, { code, gssCode, name, keyId, sealedKey, createdAt })
      await touch('authorities')
      // It comes with the default term calendar.
      await touch('calendars')
      await note({ action: 'authority.add', subject: `authority ${code}`, detail: { gssCode, name } })
    })
    return { code, gssCode, name }
  }

  async list(): Promise<Authority[]> {
    const rows = await em(this.#store).find(AuthorityEntity, {}, { orderBy: { code: 'asc' } })
    return rows.map(({ code, gssCode, name }) => ({ code, gssCode: gssCode ?? null, name }))
  }

  async get(code: number): Promise<Authority | undefined> {
    const row = await em(this.#store).findOne(AuthorityEntity, code)
    return row ? { code: row.code, gssCode: row.gssCode ?? null, name: row.name } : undefined
  }

  /** The key under which pupil identifiers of this authority become pseudonyms. */
  async pseudonymKey(code: number): Promise<PseudonymKey> {
    const row = await em(this.#store).findOne(AuthorityEntity, code)
    if (!row) throw new RefusedError('authority', 'one that has been added')
    return { keyId: row.keyId, key: unseal(this.#store.masterKey, purpose(code, row.keyId), row.sealedKey) }
  }

  /** Rises with each change. */
  revision(): Promise<number> {
    return revision(this.#store, 'authorities')
  }
}

function checkAuthority({ code, gssCode, name }: Authority): Authority {
  if (!Number.isInteger(code) || code < 100 || code > 999) throw new RefusedError('code', 'three digits')
  if (gssCode !== null && !/^[EW]\d{8}$/.test(gssCode))
    throw new RefusedError('gssCode', 'E and eight digits, or null')
  if (name.trim() === '' || name.length > 200) throw new RefusedError('name', '1 to 200 characters')
  return { code, gssCode, name: name.trim() }
}
