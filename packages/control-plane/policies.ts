import {
  type Domain,
  defaultTimelines,
  flawsOfPolicy,
  mondayOfWeek,
  type Policy,
  type PolicyTimeline,
  weekIndex,
} from '@cairn/mtss'
import { AuthorityEntity, TierPolicyEntity } from './entities.ts'
import { RefusedError } from './refused.ts'
import { change, em, revision, type Store } from './store.ts'

export interface AddedPolicy {
  readonly authority: number
  /** ISO date: the Monday of the first week that the rules decide. */
  readonly from: string
  readonly policy: Policy
  /** ISO 8601, UTC. */
  readonly addedAt: string
}

/** Tier rules of authorities. A version is added and never changed: what decided in a week can always be told. */
export class Policies {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Adds the next version of a domain's rules, in force from a Monday after that of the version before.
   * @throws RefusedError naming the first field that is wrong; `flawsOfPolicy` has them all
   */
  async add(authority: number, from: string, given: unknown): Promise<AddedPolicy> {
    const flaw = flawsOfPolicy(given)[0]
    if (flaw) throw new RefusedError(`policy${flaw.field}`, flaw.rule)
    const policy = given as Policy
    const { domain, version } = policy
    if (
      !/^\d{4}-\d\d-\d\d$/.test(from) ||
      Number.isNaN(weekIndex(from)) ||
      mondayOfWeek(weekIndex(from)) !== from
    )
      throw new RefusedError('from', 'a Monday, as an ISO date')
    const addedAt = this.#store.now().toISOString()
    await change(this.#store, async (tx) => {
      if (!(await tx.em.findOne(AuthorityEntity, authority)))
        throw new RefusedError('authority', 'one that has been added')
      const [last] = await tx.em.find(
        TierPolicyEntity,
        { authority, domain },
        { orderBy: { version: 'desc' }, limit: 1 },
      )
      if (version !== (last?.version ?? 0) + 1)
        throw new RefusedError('policy/version', `the next: ${(last?.version ?? 0) + 1}`)
      if (last && from <= last.validFrom)
        throw new RefusedError('from', 'a week after that of the version before')
      const row = { authority, domain, version, validFrom: from, definition: JSON.stringify(policy), addedAt }
      await tx.em.insert(TierPolicyEntity, row)
      await tx.touch('policies')
      const subject = `authority ${authority}`
      await tx.note({ action: 'policy.add', subject, detail: { domain, version, from, policy } })
    })
    return { authority, from, policy, addedAt }
  }

  /** Every version that an authority added, by domain and version. */
  async list(authority: number): Promise<AddedPolicy[]> {
    const rows = await em(this.#store).find(
      TierPolicyEntity,
      { authority },
      { orderBy: { domain: 'asc', version: 'asc' } },
    )
    return rows.map((row) => ({
      ...{ authority, from: row.validFrom, addedAt: row.addedAt },
      policy: JSON.parse(row.definition) as Policy,
    }))
  }

  /**
   * Which rules decide in which week, for every domain of each authority. Where an authority has rules of its own for a
   * domain, they alone decide there, and nothing before their first week; where it has none, those as shipped.
   */
  async of(authorities: readonly number[]): Promise<Map<number, Record<Domain, PolicyTimeline>>> {
    const rows = await em(this.#store).find(
      TierPolicyEntity,
      { authority: { $in: [...authorities] } },
      { orderBy: { version: 'asc' } },
    )
    const timelines = new Map(authorities.map((authority) => [authority, { ...defaultTimelines }]))
    const own = new Set<PolicyTimeline>()
    for (const { authority, validFrom, definition } of rows) {
      const its = timelines.get(authority)!
      const policy = JSON.parse(definition) as Policy
      const before = own.has(its[policy.domain]) ? its[policy.domain] : []
      const timeline = [...before, { from: weekIndex(validFrom), policy }]
      its[policy.domain] = timeline
      own.add(timeline)
    }
    return timelines
  }

  /** Rises with each change; at least 1. */
  revision(): Promise<number> {
    return revision(this.#store, 'policies')
  }
}
