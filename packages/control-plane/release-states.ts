import { ReleaseStateEntity } from './entities.ts'
import { em, type Store, transact } from './store.ts'

/** What an operator must know of the releases of an authority's year. */
export interface ReleaseState {
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** What is due could not be released; null where nothing stands in its way. */
  readonly refused: {
    /** The rule, never a figure. */
    readonly why: string
    /** ISO 8601, UTC: since then nothing of the year could be released, by this rule or others. */
    readonly since: string
  } | null
  /** The last audit as each school's lead; null before the first. */
  readonly audit: {
    /** `855/202526/1`. */
    readonly release: string
    /** Protected figures that can be narrowed down too far. */
    readonly exposed: number
    /** ISO 8601, UTC. */
    readonly at: string
  } | null
}

/**
 * What closing and auditing found out, kept for whoever asks in another process. Whoever owns an authority's partition
 * tells it, or an operator by hand; the last one stands.
 */
export class ReleaseStates {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** What is due of a year cannot be released. Told again, it keeps the time of the first. */
  async refuse(authority: number, year: number, why: string): Promise<void> {
    await this.#run(
      `insert into release_state (authority, academic_year, refused, refused_since) values (?, ?, ?, ?)
      on conflict (authority, academic_year) do update set refused = excluded.refused,
        refused_since = coalesce(release_state.refused_since, excluded.refused_since)`,
      [authority, year, why, this.#now()],
    )
  }

  /** Nothing stands in the way of a year's releases any more. */
  async clear(authority: number, year: number): Promise<void> {
    await this.#run(
      `update release_state set refused = null, refused_since = null
      where authority = ? and academic_year = ? and refused is not null`,
      [authority, year],
    )
  }

  async audited(authority: number, year: number, release: string, exposed: number): Promise<void> {
    await this.#run(
      `insert into release_state (authority, academic_year, audited, exposed, audited_at) values (?, ?, ?, ?, ?)
      on conflict (authority, academic_year) do update set audited = excluded.audited, exposed = excluded.exposed,
        audited_at = excluded.audited_at`,
      [authority, year, release, exposed, this.#now()],
    )
  }

  /** By authority and year. */
  async list(): Promise<ReleaseState[]> {
    const orderBy = { authority: 'asc', academicYear: 'asc' } as const
    const rows = await em(this.#store).find(ReleaseStateEntity, {}, { orderBy })
    return rows.map(({ authority, academicYear, refused, refusedSince, audited, exposed, auditedAt }) => ({
      ...{ authority, year: academicYear },
      refused: refused && refusedSince ? { why: refused, since: refusedSince } : null,
      audit: audited && auditedAt ? { release: audited, exposed: exposed ?? 0, at: auditedAt } : null,
    }))
  }

  #now(): string {
    return this.#store.now().toISOString()
  }

  async #run(sql: string, values: readonly (string | number)[]): Promise<void> {
    await transact(this.#store, (tx) => tx.execute(sql, [...values], 'run'))
  }
}
