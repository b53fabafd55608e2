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
  type Share,
  sharesOf,
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
    return { domain, policy, decide, read: evidenceReader(domain, timeline, forms, { unread: false }) }
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

/** What one pass over the dirty pupils goes by from its first share to its last. */
interface Pass {
  readonly dirty: DirtyPupils
  readonly timelines: TimelinesOf
  readonly present: ReadonlyMap<number, number>
  readonly revision: number
  readonly shares: readonly Share[]
  next: number
}

/**
 * Works recommendations out: reads dirty pupils' evidence, lets the fold decide, replaces their rows. In shares of the
 * pupils, so that a county whose present moves on holds up neither drains nor settling.
 */
export class Tiers {
  readonly #warehouse: Warehouse
  readonly #policies: Policies
  readonly #protect: TierProtections
  readonly #pupilsAtOnce: number
  /** Of the policies by which every row of the authorities stands; −1 after a claim. */
  #revision = -1
  #looked = 0
  #pass: Pass | undefined

  constructor(
    warehouse: Warehouse,
    policies: Policies,
    protect: TierProtections = allProtections,
    pupilsAtOnce = 5_000,
  ) {
    this.#warehouse = warehouse
    this.#policies = policies
    this.#protect = protect
    this.#pupilsAtOnce = pupilsAtOnce
  }

  /** Nothing is taken over from a former owner: all authorities are looked at once more. */
  forget(): void {
    this.#revision = -1
    this.#pass = undefined
  }

  /** Whether a pass has begun and is not done. */
  get under(): boolean {
    return this.#pass !== undefined
  }

  /** Whether rules changed since the last pass began; looked at every five seconds at most. */
  async changed(now: number): Promise<boolean> {
    if (now - this.#looked < 5_000) return false
    this.#looked = now
    return (await this.#policies.revision()) !== this.#revision
  }

  /** Finds what must be worked out: present and rules are those of the whole pass. */
  async begin(marks: readonly Undrained[]): Promise<void> {
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
    const dirty = { marks, whole: [...whole] }
    const idle = touched.length + whole.size === 0
    const shares = idle ? [] : await sharesOf(this.#warehouse, dirty, this.#pupilsAtOnce)
    this.#pass = { dirty, timelines, present, revision, shares, next: 0 }
  }

  /** The next share of the pass. May be tried again: a share that failed is the next one still. */
  async share(gen: string): Promise<boolean> {
    const pass = this.#pass!
    const share = pass.shares[pass.next]
    if (share) await this.#recompute(pass, share, gen)
    if (++pass.next < pass.shares.length) return false
    this.#revision = pass.revision
    this.#pass = undefined
    return true
  }

  async #recompute({ dirty, timelines, present }: Pass, share: Share, gen: string): Promise<void> {
    const { forms, lines } = await evidenceOfDirty(this.#warehouse, dirty, share, this.#protect)
    const machines = new Map<number, Machine[]>()
    let rows: unknown[][] = []
    for await (const batch of lines) {
      for (const line of batch) {
        // An authority that came after the pass began has nothing before its end.
        if (!timelines.has(line.authority)) continue
        let its = machines.get(line.authority)
        if (!its) {
          its = machinesOf(timelines.get(line.authority)!, forms)
          machines.set(line.authority, its)
        }
        rows.push(...rowsOf(line, its, present.get(line.authority) ?? 0, gen))
      }
      if (rows.length < rowsAtOnce) continue
      await insertRecommendations(this.#warehouse, rows)
      rows = []
    }
    await insertRecommendations(this.#warehouse, rows)
  }
}
