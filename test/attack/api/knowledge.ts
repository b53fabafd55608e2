import { System } from './system.ts'
import {
  attacked,
  kindOf,
  nameOf,
  pairsOf,
  periodsOf,
  type Truth,
  unresolved,
  type Week,
  type WorldSchool,
} from './world.ts'

/** One figure that can be asked about: of a school, or of several together, at one time. */
export interface Figure {
  readonly metric: string
  readonly mask: number
  readonly period: string
  readonly by: string
  /** Which state of the numbers: as they were at a time, as a release has them, or what lies between two of these. */
  readonly state: string
}

/** The numbers at one time. */
export interface State {
  readonly truth: Truth
  /** Weeks that have begun. */
  readonly weeks: readonly Week[]
  /** Of a release: the figures that it was made of, by school, and no others. */
  readonly only?: ReadonlySet<string>
}

const isDifference = (state: string): boolean => state.includes(' less ')

/**
 * Everything that a reader knows by now of one academic year: every figure of every school, period and value that there
 * is at each time, every relation that anyone knows to hold between them, and what was answered.
 */
export class Knowledge {
  readonly system = new System()
  readonly figures: Figure[] = []
  readonly truth: number[] = []
  readonly #index = new Map<string, number>()
  readonly #masks = new Map<string, number[]>()
  readonly #states = new Map<string, State>()
  readonly all: number
  #first = ''

  constructor(
    readonly schools: readonly WorldSchool[],
    readonly year: number,
  ) {
    this.all = 2 ** schools.length - 1
  }

  has(figure: Figure): boolean {
    return this.#index.has(keyOf({ ...figure, mask: figure.mask & -figure.mask }))
  }

  /** The number of a figure; one of several schools is made when it is first asked for. */
  at(figure: Figure): number {
    const at = this.#index.get(keyOf(figure))
    if (at !== undefined) return at
    // One census counts for the whole year.
    if (figure.metric !== 'headcount' || figure.state === this.#first) return this.#add(figure)
    const first = this.at({ ...figure, state: this.#first })
    this.#index.set(keyOf(figure), first)
    return first
  }

  /** A figure that is known by now. */
  pinned(figure: Figure): number | undefined {
    if (!this.has(figure)) return undefined
    const at = this.at(figure)
    const low = this.system.low[at]!
    return low === this.system.high[at] ? low : undefined
  }

  /** The numbers at another time, with all that is known to hold between them whatever they are. */
  declare(name: string, state: State): void {
    if (this.#states.size === 0) this.#first = name
    this.#states.set(name, state)
    const schools = [...this.schools.keys()].map((i) => 2 ** i)
    for (const metric of Object.keys(attacked))
      for (const mask of [...schools, this.all]) this.#declare(name, state, metric, mask)
    this.#unresolved(name, state)
  }

  /** Totals of the one time less those of another; what came in between only adds to them. */
  differ(later: string, earlier: string): void {
    const state = `${later} less ${earlier}`
    for (const { state: of, ...place } of [...this.figures]) {
      if (of !== later || place.by !== '' || place.metric === unresolved || place.metric === 'headcount')
        continue
      const before = { ...place, state: earlier }
      if (!this.has(before)) continue
      const at = this.at({ ...place, state })
      this.system.row(
        [
          [this.at({ ...place, state: later }), 1],
          [this.at(before), -1],
          [at, -1],
        ],
        0,
        0,
      )
    }
  }

  #add(figure: Figure): number {
    const at = this.system.figure()
    const { mask } = figure
    this.#index.set(keyOf(figure), at)
    this.figures.push(figure)
    const members = [...this.schools.keys()].filter((i) => mask & (2 ** i))
    this.truth.push(members.reduce((sum, i) => sum + this.#true(figure, this.schools[i]!.urn), 0))
    if (members.length > 1) {
      this.system.sum(
        at,
        members.map((i) => this.at({ ...figure, mask: 2 ** i })),
      )
      if (!isDifference(figure.state)) this.#beside(figure, at)
    }
    return at
  }

  #true({ metric, period, by, state }: Figure, urn: number): number {
    const of = (name: string, metric: string) =>
      this.#states.get(name)!.truth.get(nameOf(metric, urn, period, by)) ?? 0
    const [later, earlier] = state.split(' less ') as [string, string?]
    if (earlier) return of(later, metric) - of(earlier, metric)
    return metric === unresolved
      ? of(state, 'incidents') - of(state, 'incidents_resolved')
      : of(state, metric)
  }

  /** Two groups of schools that overlap: what one has and the other has not. */
  #beside(figure: Figure, at: number): void {
    const group = keyOf({ ...figure, mask: 0 })
    const others = this.#masks.get(group) ?? []
    this.#masks.set(group, [...others, figure.mask])
    const parts = (mask: number) =>
      [...this.schools.keys()].filter((i) => mask & (2 ** i)).map((i) => this.at({ ...figure, mask: 2 ** i }))
    for (const other of others.slice(-12)) {
      const [mine, theirs] = [figure.mask & ~other, other & ~figure.mask]
      if ((figure.mask & other) === 0 || bits(mine) + bits(theirs) > 5) continue
      this.system.row(
        [
          [at, 1],
          [this.at({ ...figure, mask: other }), -1],
          ...parts(mine).map((part) => [part, -1] as const),
          ...parts(theirs).map((part) => [part, 1] as const),
        ],
        0,
        0,
      )
    }
  }

  #declare(state: string, { weeks, only }: State, metric: string, mask: number): void {
    const dimensions = attacked[metric]!
    const kind = kindOf(metric)
    const link = kind === 'events' ? 'sum' : 'union'
    const urn = this.schools.find((_, i) => mask & (2 ** i))!.urn
    const isThere = (period: string, by: string) => !only || only.has(nameOf(metric, urn, period, by))
    const parents = new Map<string, Set<string>>()
    const periods = new Set<string>(kind === 'roll' ? [`year ${this.year}`] : [])
    for (const week of kind === 'roll' ? [] : weeks) {
      const [w, h, t, y] = periodsOf(week) as [string, string, string, string]
      for (const [parent, child] of [
        [y, t],
        [t, h],
        [h, w],
      ] as const)
        parents.set(parent, (parents.get(parent) ?? new Set()).add(child))
      for (const period of [w, h, t, y]) periods.add(period)
    }
    const at = (period: string, by: string) => this.at({ metric, mask, period, by, state })
    const bys = ['', ...Object.entries(dimensions).flatMap(([d, values]) => values.map((v) => `${d}=${v}`))]
    for (const by of bys) {
      for (const period of periods) if (isThere(period, by)) at(period, by)
      for (const [parent, children] of parents)
        if (isThere(parent, by) && [...children].every((period) => isThere(period, by)))
          this.system[link](
            at(parent, by),
            [...children].map((period) => at(period, by)),
          )
    }
    const year = `year ${this.year}`
    for (const [one, other] of pairsOf(metric))
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const)
        for (const value of dimensions[first]!) {
          const cells = dimensions[second]!.map((v) =>
            first === one ? `${first}=${value};${second}=${v}` : `${second}=${v};${first}=${value}`,
          )
          if ([`${first}=${value}`, ...cells].every((by) => isThere(year, by)))
            this.system.sum(
              at(year, `${first}=${value}`),
              cells.map((by) => at(year, by)),
            )
          if (kind === 'pupils')
            for (const by of cells) {
              const roll = { metric: 'headcount', mask, period: year, by, state }
              if (isThere(year, by) && this.has(roll)) this.system.atMost(at(year, by), this.at(roll))
            }
        }
    for (const period of periods) {
      if (!isThere(period, '')) continue
      // A pupil may be counted under two roles, and has one sex.
      for (const [d, values] of Object.entries(dimensions))
        if (values.every((v) => isThere(period, `${d}=${v}`)))
          this.system[kind === 'pupils' && d === 'role' ? 'union' : 'sum'](
            at(period, ''),
            values.map((v) => at(period, `${d}=${v}`)),
          )
      if (kind === 'pupils')
        for (const by of bys) {
          const roll = { metric: 'headcount', mask, period: `year ${this.year}`, by, state }
          if (isThere(period, by) && this.has(roll)) this.system.atMost(at(period, by), this.at(roll))
        }
    }
  }

  /** Incidents that are resolved are incidents; the rest are those that are not. */
  #unresolved(state: string, { only }: State): void {
    if (only) return
    for (const { state: of, ...place } of [...this.figures]) {
      if (of !== state || bits(place.mask) > 1 || place.metric !== 'incidents_resolved') continue
      const at = (metric: string) => this.at({ ...place, metric, state })
      this.system.sum(at('incidents'), [at('incidents_resolved'), at(unresolved)])
    }
  }
}

export const keyOf = ({ metric, mask, period, by, state }: Figure): string =>
  `${state}|${metric}|${mask}|${period}|${by}`

export function bits(mask: number): number {
  let count = 0
  for (let left = mask; left > 0; left &= left - 1) count++
  return count
}

export { isDifference }
