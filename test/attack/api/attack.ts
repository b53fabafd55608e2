import { authenticateReader } from '@cairn/access'
import { KeyCache } from '@cairn/control-plane'
import { standard } from '@cairn/disclosure'
import { closeRelease } from '@cairn/warehouse/closing'
import { type Installation, installation, seed } from '../../../services/gateway/installation.ts'
import { judged, secretsOf } from './judge.ts'
import { type Figure, Knowledge, keyOf } from './knowledge.ts'
import { type Asked, programOf, type Setting } from './programs.ts'
import { readAnswer } from './read.ts'
import { cellsOf, happened, randomOf, schoolsOf, type Week } from './world.ts'

export interface Attack {
  readonly programs: number
  readonly seed: number
  /** Ask about releases alone, once there is one. */
  readonly only?: 'releases'
  readonly progress?: (line: string) => void
}

/** A secret that was told, and by which questions. */
export interface Leak {
  readonly program: number
  readonly reader: string
  readonly verdict: string
  readonly figure: string
  readonly asked: readonly string[]
}

export interface Attacked {
  readonly programs: number
  readonly questions: number
  readonly answered: number
  readonly refused: number
  readonly numbers: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
  readonly leaks: readonly Leak[]
  readonly seconds: { readonly world: number; readonly all: number }
}

const authority = 855
const years = [2024, 2025]
/** Programs whose questions are asked at once. */
const together = 10

/** Loads an invented authority into a real warehouse, asks the public API, and works out what it can. */
export async function attackApi({ programs, seed: number, only, progress }: Attack): Promise<Attacked> {
  const started = performance.now()
  const schools = schoolsOf(number, 812301)
  const urns = schools.map(({ urn }) => urn)
  const clock = { now: Date.parse('2025-07-20T12:00:00Z') }
  const gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: schools.map(({ urn, phase }) => ({ urn, authority, name: `School ${urn}`, phase })),
    now: () => clock.now,
    limits: { perKey: 100_000_000 },
  })
  try {
    const [calendar] = await gateway.controlPlane.calendars.weeks([authority], { from: 2024, to: 2025 })
    const weeks: Week[] = calendar!.weeks
      .filter(({ term, halfTerm }) => term > 0 && halfTerm > 0)
      .filter(({ week }) => week < '2026-04-01')
    const states = new Map<number, Knowledge>()
    for (const year of years) {
      const own = weeks.filter((week) => week.year === year)
      const truth = happened(schools, own, number * 10 + year)
      states.set(year, new Knowledge(schools, own, truth))
      await seed(gateway.warehouse, cellsOf(truth, authority))
    }
    for (const { system } of states.values()) system.settle()
    const key = await gateway.keyOf('analyst', 'analyst', [authority])
    const world = performance.now()
    const setting = {
      authority,
      urns,
      phases: schools.map(({ phase }) => phase),
      weeks,
      releases: [] as string[],
    }
    const run = new Run(gateway, key, states, weeks, { ...setting, years: [2024] }, number)
    // Answers of a year while it is open are kept; then it is closed and released.
    const open = only ? 0 : Math.ceil(programs * 0.3)
    await run.programs(0, open, progress)
    clock.now = Date.parse('2026-04-02T12:00:00Z')
    await close(gateway, key, urns, weeks, clock.now)
    run.setting = {
      ...setting,
      years,
      releases: [`${authority}/202425/1`, `${authority}/202425`],
      ...(only && { only }),
    }
    await run.programs(open, programs, progress)
    const exposedToLeads = run.leads()
    return {
      programs,
      ...run.counts(),
      exposedToLeads,
      leaks: run.leaks,
      seconds: {
        world: Math.round((world - started) / 100) / 10,
        all: Math.round((performance.now() - started) / 100) / 10,
      },
    }
  } finally {
    await gateway.close()
  }
}

async function close(
  gateway: Installation,
  key: string,
  urns: readonly number[],
  weeks: readonly Week[],
  now: number,
) {
  const { keys, readers } = gateway.controlPlane
  const scope = await authenticateReader(`Bearer ${key}`, { keys: new KeyCache(keys), readers })
  if (scope instanceof Error) throw scope
  await closeRelease({
    ...{ warehouse: gateway.warehouse, scope, authority, year: 2024, profile: standard, schools: urns },
    ...{ weeks: weeks.filter(({ year }) => year === 2024), offset: 0, now: new Date(now) },
    asLeads: true,
  })
}

/** One reader's questions, and all that follows from the answers so far. */
class Run {
  readonly leaks: Leak[] = []
  readonly #asked = new Set<string>()
  readonly #secrets = new Map<number, Set<number>>()
  readonly #total: number
  #exposed = 0
  #numbers = 0
  #refused = 0
  readonly #random: () => number

  constructor(
    readonly gateway: Installation,
    readonly key: string,
    readonly states: ReadonlyMap<number, Knowledge>,
    readonly weeks: readonly Week[],
    public setting: Setting,
    seed: number,
  ) {
    this.#random = randomOf(seed * 7919)
    for (const [year, state] of states) this.#secrets.set(year, new Set(secretsOf(state, weeks)))
    this.#total = [...this.#secrets.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** Several at a time are asked at once; what they tell is put together in their order. */
  async programs(from: number, to: number, progress?: (line: string) => void): Promise<void> {
    for (let first = from; first < to; first += together) {
      const batch = Array.from({ length: Math.min(together, to - first) }, () =>
        programOf(this.#random, this.setting).filter((one) => this.#isFresh(one)),
      )
      const answers = await Promise.all(batch.map((asked) => Promise.all(asked.map((one) => this.#ask(one)))))
      for (const [i, asked] of batch.entries()) {
        for (const [j, one] of asked.entries()) this.#learn(one, answers[i]![j])
        if (asked.length > 0) this.#judge(first + i, asked)
      }
      if (progress && Math.floor((first + together) / 500) > Math.floor(first / 500))
        progress(`${first + together} programs, ${this.#asked.size} questions, ${this.#exposed} secrets told`)
    }
  }

  /** A question that was asked before is asked anew once there is a release. */
  #isFresh({ field }: Asked): boolean {
    const key = `${this.setting.releases.length} ${field}`
    if (this.#asked.has(key)) return false
    this.#asked.add(key)
    return true
  }

  counts() {
    return {
      questions: this.#asked.size,
      answered: this.#asked.size - this.#refused,
      refused: this.#refused,
      numbers: this.#numbers,
      secrets: this.#total,
      exposed: this.#exposed,
    }
  }

  async #ask({ field }: Asked): Promise<unknown> {
    const { data, errors } = await this.gateway.ask(this.key, `{ answer: ${field} }`)
    if (!errors) return data
    // A question that is refused names what is wrong with it; anything else is no answer to judge by.
    if (!errors[0]!.extensions?.field) throw new Error(`${errors[0]!.message}: ${field}`)
    return undefined
  }

  #learn({ field, mask }: Asked, data: unknown): void {
    if (data === undefined) {
      this.#refused++
      return
    }
    const { urns, phases } = this.setting
    const all = mask < 0 ? (field.includes('phase: "PS"') ? this.#phase('PS') : 2 ** urns.length - 1) : mask
    const { told, rated } = readAnswer(data, { urns, phases, mask: all })
    for (const { figure, value, year } of told) {
      const state = this.states.get(year)
      if (!state || !isKnown(state, figure)) continue
      this.#numbers++
      state.system.learn(state.at(figure), value, value)
    }
    for (const { figure, of, share, year } of rated) {
      const state = this.states.get(year)
      if (!state) continue
      this.#numbers++
      state.system.row(
        [
          [state.at(figure), 1],
          [state.at(of), -share],
        ],
        -1e-6,
        1e-6,
      )
    }
  }

  #phase(name: string): number {
    return this.setting.phases.reduce((sum, one, i) => (one === name ? sum + 2 ** i : sum), 0)
  }

  #judge(program: number, asked: readonly Asked[]): void {
    for (const [year, state] of this.states) {
      const { system, truth } = state
      const secrets = this.#secrets.get(year)!
      for (const at of system.settle()) {
        if (system.low[at]! > truth[at]! || system.high[at]! < truth[at]!)
          throw new Error(
            `what is true cannot be: ${keyOf(state.figures[at]!)} is ${truth[at]}, not ${system.low[at]} to ${system.high[at]}; ${asked.map(({ field }) => field.slice(0, 300)).join(' ')}`,
          )
        if (!secrets.has(at)) continue
        const verdict = judged(state, at, system.low[at]!, system.high[at]!, this.weeks)
        if (verdict === 'safe') continue
        secrets.delete(at)
        this.#exposed++
        if (this.leaks.length < 20)
          this.leaks.push({
            program,
            reader: 'analyst',
            verdict,
            figure: `${keyOf(state.figures[at]!)}: ${system.low[at]} to ${system.high[at]}`,
            asked: asked.map(({ field }) => field.replace(/ \{[\s\S]*/, '')),
          })
      }
    }
  }

  /** What each school's lead learns of others, who knows the own school besides. */
  leads(): number {
    let found = 0
    for (const [year, state] of this.states) {
      const { system, figures, truth, schools } = state
      const before = system.save()
      for (const i of schools.keys()) {
        figures.forEach(({ mask }, at) => {
          if (mask === 2 ** i) system.learn(at, truth[at]!, truth[at]!)
        })
        for (const at of system.settle())
          if (this.#secrets.get(year)!.has(at) && figures[at]!.mask !== 2 ** i)
            if (judged(state, at, system.low[at]!, system.high[at]!, this.weeks) !== 'safe') found++
        system.restore(before)
      }
    }
    return found
  }
}

const isKnown = (state: Knowledge, figure: Figure): boolean =>
  figure.by === '' || state.has({ ...figure, mask: 1 })
