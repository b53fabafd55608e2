import { AuthorityEntity, KeyEntity, ReaderEntity, type ReaderRow, SchoolEntity } from './entities.ts'
import { RefusedError } from './refused.ts'
import { change, type Em, em, type Store } from './store.ts'

export const roles = ['analyst', 'commissioner', 'school_lead', 'bi'] as const
export type Role = (typeof roles)[number]

/** A person or tool that asks. */
export interface Reader {
  /** The subject of its tokens: 1 to 64 of letters, digits and `.@_-`. */
  readonly id: string
  readonly name: string
  readonly role: Role
  /** LA codes: several for a commissioner, else one. */
  readonly authorities: readonly number[]
  /** URNs; null = all schools of its authorities. Exactly one for a school lead. */
  readonly schools: readonly number[] | null
}

export class Readers {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Adds a reader. */
  async add(reader: Reader): Promise<Reader> {
    return change(this.#store, async (tx) => {
      await check(tx.em, reader)
      if (await tx.em.findOne(ReaderEntity, reader.id)) throw new RefusedError('id', 'not yet taken')
      await tx.em.insert(ReaderEntity, { ...toRow(reader), createdAt: this.#store.now().toISOString() })
      await tx.touch('readers')
      await tx.note({ action: 'reader.add', subject: `reader ${reader.id}`, detail: grants(reader) })
      return reader
    })
  }

  /** Gives a reader another name, role or grants. */
  async update(reader: Reader): Promise<Reader> {
    return change(this.#store, async (tx) => {
      await check(tx.em, reader)
      const { id, ...row } = toRow(reader)
      if ((await tx.em.nativeUpdate(ReaderEntity, { id }, row)) === 0)
        throw new RefusedError('id', 'a reader there is')
      await tx.touch('readers')
      await tx.note({ action: 'reader.update', subject: `reader ${id}`, detail: grants(reader) })
      return reader
    })
  }

  /** Removes a reader and revokes its keys; its tokens are refused from then on. */
  async remove(id: string): Promise<void> {
    await change(this.#store, async (tx) => {
      if ((await tx.em.nativeDelete(ReaderEntity, { id })) === 0)
        throw new RefusedError('id', 'a reader there is')
      const revokedAt = this.#store.now().toISOString()
      await tx.em.nativeUpdate(KeyEntity, { reader: id, revokedAt: null }, { revokedAt })
      await tx.touch('readers')
      await tx.touch('keys')
      await tx.note({ action: 'reader.remove', subject: `reader ${id}` })
    })
  }

  async get(id: string): Promise<Reader | undefined> {
    return readReader(em(this.#store), id)
  }

  async list(): Promise<Reader[]> {
    return (await em(this.#store).find(ReaderEntity, {}, { orderBy: { id: 'asc' } })).map(fromRow)
  }
}

export async function readReader(tx: Em, id: string): Promise<Reader | undefined> {
  const row = await tx.findOne(ReaderEntity, id)
  return row ? fromRow(row) : undefined
}

async function check(tx: Em, reader: Reader): Promise<void> {
  const { id, name, role, authorities, schools } = reader
  if (!/^[A-Za-z0-9.@_-]{1,64}$/.test(id)) throw new RefusedError('id', '1 to 64 letters, digits and .@_-')
  if (name.trim() === '' || name.length > 200) throw new RefusedError('name', '1 to 200 characters')
  if (!roles.includes(role)) throw new RefusedError('role', `one of ${roles.join(', ')}`)
  if (authorities.length === 0) throw new RefusedError('authorities', 'at least one')
  if (role !== 'commissioner' && authorities.length > 1)
    throw new RefusedError('authorities', `one for ${role}`)
  if (role === 'school_lead' && schools?.length !== 1)
    throw new RefusedError('schools', 'exactly one for school_lead')
  const known = await tx.count(AuthorityEntity, { code: { $in: [...authorities] } })
  if (known !== authorities.length) throw new RefusedError('authorities', 'each added, and named once')
  if (schools === null) return
  const theirs = await tx.count(SchoolEntity, {
    urn: { $in: [...schools] },
    authority: { $in: [...authorities] },
  })
  if (theirs !== schools.length)
    throw new RefusedError('schools', 'each one of its authorities, and named once')
}

const grants = ({ role, authorities, schools }: Reader) => ({ role, authorities, schools })

const toRow = ({ id, name, role, authorities, schools }: Reader) => ({
  id,
  name: name.trim(),
  role,
  authorities: JSON.stringify(authorities),
  schools: schools === null ? null : JSON.stringify(schools),
})

function fromRow(row: ReaderRow): Reader {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    authorities: JSON.parse(row.authorities),
    schools: row.schools == null ? null : JSON.parse(row.schools),
  }
}
