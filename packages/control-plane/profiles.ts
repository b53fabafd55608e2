import {
  type CubeProfile,
  DisclosureError,
  type Overrides,
  shipped,
  stampOf,
  tighten,
} from '@cairn/disclosure'
import { AuthorityEntity, DisclosureProfileEntity } from './entities.ts'
import { RefusedError } from './refused.ts'
import { change, em, type Store } from './store.ts'

export interface AddedProfile {
  readonly authority: number
  /** Id of the profile as shipped. */
  readonly base: string
  /** All of its thresholds; its stamp is `standard-855@2`. */
  readonly profile: CubeProfile
  /** ISO 8601, UTC. */
  readonly addedAt: string
}

/** Disclosure profiles of authorities. A version is added and never changed: what a figure is stamped with stays what it was. */
export class Profiles {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Adds the next version of an authority's own form of a profile: at least as strict as the profile as shipped.
   * @throws RefusedError naming the threshold that would be looser, or is none
   */
  async tighten(authority: number, base: string, overrides: Overrides): Promise<AddedProfile> {
    const found = shipped.find(({ id }) => id === base)
    if (!found) throw new RefusedError('base', `one of ${shipped.map(({ id }) => id).join(', ')}`)
    const addedAt = this.#store.now().toISOString()
    return change(this.#store, async ({ em, note }) => {
      if (!(await em.findOne(AuthorityEntity, authority)))
        throw new RefusedError('authority', 'one that has been added')
      const [last] = await newestFirst(em, authority, base)
      const profile = tightened(found, overrides, { authority, version: (last?.version ?? 0) + 1 })
      const { version } = profile
      await em.insert(DisclosureProfileEntity, {
        ...{ authority, base, version, definition: JSON.stringify(profile), addedAt },
      })
      const detail = { profile: stampOf(profile), base: stampOf(found), overrides }
      await note({ action: 'profile.tighten', subject: `authority ${authority}`, detail })
      return { authority, base, profile, addedAt }
    })
  }

  /** Every version that an authority added, by base and version. */
  async list(authority: number): Promise<AddedProfile[]> {
    const orderBy = { base: 'asc', version: 'asc' } as const
    const rows = await em(this.#store).find(DisclosureProfileEntity, { authority }, { orderBy })
    return rows.map(({ base, definition, addedAt }) => ({
      ...{ authority, base, addedAt, profile: JSON.parse(definition) },
    }))
  }

  /**
   * What decides for an authority from now on: its newest version of the profile, else the profile as shipped.
   * @throws RefusedError where a later Cairn ships a stricter one: then a next version is needed
   */
  async newest(authority: number, base: CubeProfile): Promise<CubeProfile> {
    const [last] = await newestFirst(em(this.#store), authority, base.id)
    if (!last) return base
    const { id, version, ...thresholds }: CubeProfile = JSON.parse(last.definition)
    return tightened(base, thresholds, { authority, version })
  }
}

const newestFirst = (tx: ReturnType<typeof em>, authority: number, base: string) =>
  tx.find(DisclosureProfileEntity, { authority, base }, { orderBy: { version: 'desc' }, limit: 1 })

function tightened(...args: Parameters<typeof tighten>): CubeProfile {
  try {
    return tighten(...args)
  } catch (error) {
    if (error instanceof DisclosureError) throw new RefusedError(error.field, error.rule)
    throw error
  }
}
