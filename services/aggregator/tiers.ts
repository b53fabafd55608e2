import { createHash } from 'node:crypto'
import {
  contextOverTime,
  type Domain,
  domains,
  evidenceReader,
  foldEdition,
  type PolicyTimeline,
  type Snapshot,
  tierFold,
  weekIndex,
} from '@cairn/mtss'
import {
  authoritiesWithEvidence,
  contextKind,
  type DirtyPupils,
  type EvidenceLine,
  evidenceOfDirty,
  insertRecommendations,
  presentMoved,
  presentWeeks,
  standingRecommendations,
  type Undrained,
  type Warehouse,
} from '@cairn/warehouse'
import { allProtections, type Protections } from './protections.ts'

/** Tier rules as the control plane has them, the shipped ones where an authority has none. */
export type TimelinesOf = ReadonlyMap<number, Readonly<Record<Domain, PolicyTimeline>>>

export interface Policies {
  /** Rises with each change. */
  revision(): Promise<number>
  of(authorities: readonly number[]): Promise<TimelinesOf>
}

/** Everything that decides, as one number, so that rows of other rules are known as such. */
export const policyHash = (timeline: PolicyTimeline): string =>
  createHash('sha256')
    .update(JSON.stringify([foldEdition, timeline]))
    .digest()
    .readBigUInt64BE()
    .toString()

/** A domain's rules, ready to run. */
interface Machine {
  readonly domain: Domain
  readonly policy: string
  readonly read: ReturnType<typeof evidenceReader>
  readonly decide: ReturnType<typeof tierFold>
}

const machinesOf = (
  timelines: Readonly<Record<Domain, PolicyTimeline>>,
  forms: readonly string[],
): Machine[] =>
  domains.map((domain) => {
    const timeline = timelines[domain]
    const [policy, decide] = [policyHash(timeline), tierFold(timeline)]
    return { domain, policy, decide, read: evidenceReader(domain, timeline, forms) }
  })

function snapshotOf(text: string): Snapshot {
  const [ncYear, sex, sen, ethnicity, fsm] = JSON.parse(text)
  const history = fsm.map(([type, from]: [string, string]) => [type, weekIndex(from)] as const)
  return { ncYear, sex, sen, ethnicity, fsm: history }
}

const contextOf = (line: EvidenceLine) =>
  contextOverTime(
    line.week.map((week, i) => ({
      ...{ week, school: line.school[i]! },
      ...(line.kind[i] === contextKind ? { snapshot: snapshotOf(line.context[i]!) } : {}),
    })),
  )

/** The rows of one pupil, one a domain, in the order of `recommendationColumns`. */
function rowsOf(line: EvidenceLine, machines: readonly Machine[], upTo: number, gen: string): unknown[][] {
  const { authority, pupil } = line
  const cx = contextOf(line)
  const context = [cx.from, cx.school, cx.ncYear, cx.sex, cx.sen, cx.ethnicity, cx.fsm]
  return machines.map((machine) => {
    const ep = machine.decide(machine.read(line), upTo)
    const key = [authority, machine.domain, pupil, gen, upTo, machine.policy]
    if (ep.from.length === 0) return [...key, [], [], [], [], [], [], [], [], [], [], [], [], [], []]
    const { from, tier, rule, recommended, assigned, observed, policy } = ep
    return [...key, from, tier, rule, recommended, assigned, observed, policy, ...context]
  })
}

const rowsAtOnce = 15_000

type TierProtections = Pick<Protections, 'emptied' | 'presentMoved'>

/** Works recommendations out: reads dirty pupils' evidence, lets the fold decide, replaces their rows. */
export class Tiers {
  readonly #warehouse: Warehouse
  readonly #policies: Policies
  readonly #protect: TierProtections
  /** Of the policies by which every row of the authorities stands; −1 after a claim. */
  #revision = -1
  #looked = 0

  constructor(warehouse: Warehouse, policies: Policies, protect: TierProtections = allProtections) {
    this.#warehouse = warehouse
    this.#policies = policies
    this.#protect = protect
  }

  /** Nothing is taken over from a former owner: all authorities are looked at once more. */
  forget(): void {
    this.#revision = -1
  }

  /** Whether rules changed since the last settle; looked at every five seconds at most. */
  async changed(now: number): Promise<boolean> {
    if (now - this.#looked < 5_000) return false
    this.#looked = now
    return (await this.#policies.revision()) !== this.#revision
  }

  /** @returns pupils whose rows were replaced */
  async settle(marks: readonly Undrained[], gen: string): Promise<number> {
    const revision = await this.#policies.revision()
    const mine = marks.flatMap(({ authorities }) => authorities)
    const touched = await authoritiesWithEvidence(this.#warehouse, marks)
    const looked = revision === this.#revision ? touched : mine
    const timelines = await this.#policies.of(looked)
    const present = await presentWeeks(this.#warehouse, looked)
    const whole = new Set(
      this.#protect.presentMoved ? await presentMoved(this.#warehouse, marks, present) : [],
    )
    for (const { authority, domain, upTo, policy } of await standingRecommendations(
      this.#warehouse,
      looked,
    )) {
      const wanted = policyHash(timelines.get(authority)![domain as Domain])
      const there = [
        ...upTo.map((week) => week === (present.get(authority) ?? 0)),
        ...policy.map((p) => p === wanted),
      ]
      if (there.includes(false)) whole.add(authority)
    }
    const pupils =
      touched.length + whole.size === 0
        ? 0
        : await this.#recompute({ marks, whole: [...whole] }, timelines, present, gen)
    this.#revision = revision
    return pupils
  }

  async #recompute(
    dirty: DirtyPupils,
    timelines: TimelinesOf,
    present: ReadonlyMap<number, number>,
    gen: string,
  ): Promise<number> {
    const { forms, lines } = await evidenceOfDirty(this.#warehouse, dirty, this.#protect)
    const machines = new Map<number, Machine[]>()
    let rows: unknown[][] = []
    let pupils = 0
    for await (const batch of lines) {
      for (const line of batch) {
        let its = machines.get(line.authority)
        if (!its) {
          its = machinesOf(timelines.get(line.authority)!, forms)
          machines.set(line.authority, its)
        }
        rows.push(...rowsOf(line, its, present.get(line.authority) ?? 0, gen))
        pupils++
      }
      if (rows.length < rowsAtOnce) continue
      await insertRecommendations(this.#warehouse, rows)
      rows = []
    }
    await insertRecommendations(this.#warehouse, rows)
    return pupils
  }
}
