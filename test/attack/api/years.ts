import { authenticateReader, type Scope } from '@cairn/access'
import { KeyCache } from '@cairn/control-plane'
import {
  type Category,
  type Cube,
  categories,
  coordinates,
  periods,
  shapeFor,
  standard,
} from '@cairn/disclosure'
import { closeRelease } from '@cairn/warehouse/closing'
import { readBasis } from '../../../packages/warehouse/closing/write.ts'
import { type Installation, seed } from '../../../services/gateway/installation.ts'
import { Knowledge } from './knowledge.ts'
import type { Memory } from './memo.ts'
import type { Stage } from './run.ts'
import {
  cellsOf,
  type Happened,
  happened,
  late,
  nameOf,
  type Truth,
  truthOf,
  type Week,
  type WorldSchool,
} from './world.ts'

interface World {
  readonly gateway: Installation
  readonly key: string
  readonly authority: number
  readonly schools: readonly WorldSchool[]
  readonly clock: { now: number }
  readonly memory: Memory
  readonly seed: number
}

const past = 2024
const running = 2025
const starts = '2025-12-10T12:00:00Z'
const later = '2026-04-02T12:00:00Z'

/**
 * Two academic years of an authority, as time goes on: nothing is released; events arrive late; the past year is released,
 * and the first half-term of the running one; weeks pass and more arrives late; all that is released anew.
 */
export class Years {
  readonly knowledge: ReadonlyMap<number, Knowledge>
  readonly #events = new Map<number, Happened[]>()
  readonly #names = new Map<number, string>()
  readonly #released = new Map<string, string>()
  #at = 0

  private constructor(
    readonly world: World,
    readonly scope: Scope,
    readonly weeks: readonly Week[],
  ) {
    this.knowledge = new Map([past, running].map((year) => [year, new Knowledge(world.schools, year)]))
  }

  static async open(world: World): Promise<Years> {
    const { controlPlane } = world.gateway
    const { keys, readers } = controlPlane
    const scope = await authenticateReader(`Bearer ${world.key}`, { keys: new KeyCache(keys), readers })
    if (scope instanceof Error) throw scope
    const [calendar] = await controlPlane.calendars.weeks([world.authority], { from: past, to: running })
    const weeks = calendar!.weeks.filter(({ term, halfTerm }) => term > 0 && halfTerm > 0)
    return new Years(world, scope, weeks)
  }

  /** The next of five times. */
  async next(): Promise<{ stage: Stage; states: ReadonlyMap<number, readonly string[]> }> {
    const names = ['open', 'events arrived', 'released', 'corrected', 'released anew'] as const
    const name = names[this.#at++]!
    const states = new Map<number, string[]>([past, running].map((year) => [year, []]))
    if (name === 'open') {
      this.world.clock.now = Date.parse(starts)
      for (const year of [past, running]) {
        this.#events.set(year, happened(this.world.schools, this.#begun(year), this.world.seed * 10 + year))
        states.get(year)!.push(...(await this.#move(year, 'first', [])))
      }
    } else if (name === 'events arrived' || name === 'corrected') {
      if (name === 'corrected') this.world.clock.now = Date.parse(later)
      for (const year of [past, running]) {
        const number = this.world.seed * 100 + year + this.#at
        const seen = new Set(this.#events.get(year)!.map(({ week }) => week.week))
        const old = this.#begun(year).filter(({ week }) => seen.has(week))
        const fresh = this.#begun(year).filter(({ week }) => !seen.has(week))
        const came = [
          ...late(this.world.schools, old, number),
          ...happened(this.world.schools, fresh, number),
        ]
        states.get(year)!.push(...(await this.#move(year, name === 'corrected' ? 'third' : 'second', came)))
      }
    } else
      for (const [year, through] of [
        [past, undefined],
        [running, name === 'released' ? 1 : 3],
      ] as const)
        states.get(year)!.push(...(await this.#release(year, through)))
    this.world.memory.forget()
    return { stage: this.#stage(name), states }
  }

  /** More arrives late, and nothing else happens: no time passes and nothing is released. */
  async arrive(): Promise<void> {
    for (const year of [past, running])
      await this.#move(year, 'later', late(this.world.schools, this.#begun(year), this.world.seed))
    this.world.memory.forget()
  }

  #begun(year: number): Week[] {
    const today = new Date(this.world.clock.now).toISOString().slice(0, 10)
    return this.weeks.filter((one) => one.year === year && one.week < today)
  }

  #stage(name: string): Stage {
    const { authority, schools } = this.world
    const released = [...this.#released.keys()]
    return {
      name,
      running: new Map(this.#names),
      released: new Map(this.#released),
      setting: {
        authority,
        urns: schools.map(({ urn }) => urn),
        phases: schools.map(({ phase }) => phase),
        years: [past, running],
        weeks: [...this.#begun(past), ...this.#begun(running)],
        releases: released,
      },
    }
  }

  /** @returns the states that are new */
  async #move(year: number, name: string, came: readonly Happened[]): Promise<string[]> {
    const { gateway, authority, schools } = this.world
    const events = this.#events.get(year)!
    events.push(...came)
    const truth = truthOf(schools, year, events)
    await seed(gateway.warehouse, cellsOf(truth, authority))
    const knowledge = this.knowledge.get(year)!
    const before = this.#names.get(year)
    this.#names.set(year, name)
    knowledge.declare(name, { truth, weeks: this.#begun(year) })
    const states = [name]
    const releases = [...this.#released].filter(([of]) => of.includes(`/${nameOfYear(year)}/`))
    for (const earlier of new Set([before, ...releases.map(([, state]) => state)]))
      if (earlier) {
        knowledge.differ(name, earlier)
        states.push(`${name} less ${earlier}`)
      }
    return states
  }

  /** A first release is of the numbers as they are; a later one may carry old ones of some schools. */
  async #release(year: number, through: number | undefined): Promise<string[]> {
    const { gateway, authority, schools, clock } = this.world
    const { warehouse } = gateway
    const { release, isNew } = await closeRelease({
      ...{ warehouse, scope: this.scope, authority, year, profile: standard, through },
      ...{ schools: schools.map(({ urn }) => urn), weeks: this.weeks.filter((week) => week.year === year) },
      ...{ offset: 0, now: new Date(clock.now) },
    })
    // Where all that came is held back there is no new one.
    if (!isNew) return []
    const name = `${authority}/${nameOfYear(year)}/${release.number}`
    const running = this.#names.get(year)!
    if (release.number === 1) {
      this.#released.set(name, running)
      return []
    }
    const before = this.#released.get(`${authority}/${nameOfYear(year)}/${release.number - 1}`)!
    const state = `release ${release.number}`
    this.#released.set(name, state)
    const truth = truthIn((await readBasis(warehouse, release))!)
    const knowledge = this.knowledge.get(year)!
    knowledge.declare(state, { truth, weeks: this.#begun(year), only: new Set(truth.keys()) })
    knowledge.differ(state, before)
    knowledge.differ(running, state)
    return [state, `${state} less ${before}`, `${running} less ${state}`]
  }
}

const nameOfYear = (year: number): string => `${year}${String((year + 1) % 100).padStart(2, '0')}`

/** What a release was made of, by the names that figures have here. */
function truthIn({ shape, denominators, metrics }: Cube): Truth {
  const truth: Truth = new Map()
  const textOf = ({ by }: Category) => by.map((one) => `${one.characteristic}=${one.value}`).join(';')
  const all = categories(shape)
  for (const [school, row] of denominators)
    for (const [at, category] of all.entries())
      truth.set(nameOf('headcount', Number(school), shape.academicYear, textOf(category)), row[at]!)
  for (const metric of metrics) {
    const own = shapeFor(shape, metric)
    const [kept, when, places] = [categories(own), periods(own, metric.kind), coordinates(own, metric.kind)]
    for (const [school, [row]] of metric.rows)
      for (const [i, { category, period }] of places.entries())
        truth.set(nameOf(metric.id, Number(school), when[period]!.id, textOf(kept[category]!)), row![i]!)
  }
  return truth
}
