import { isAdditive, metrics, type StoredMetric } from '@cairn/metrics'
import { System } from './system.ts'
import { attacked, nameOf, periodsOf, type Truth, type Week, type WorldSchool } from './world.ts'

/** One figure that can be asked about: of a school, or of several together. */
export interface Figure {
  readonly metric: string
  readonly mask: number
  readonly period: string
  readonly by: string
}

/**
 * Everything that a reader knows by now: every figure of every school, period and value that there is, every relation
 * that anyone knows to hold between them, and what was answered. One for each state of the numbers.
 */
export class Knowledge {
  readonly system = new System()
  readonly figures: Figure[] = []
  readonly truth: number[] = []
  readonly #index = new Map<string, number>()
  readonly #masks = new Map<string, number[]>()
  readonly all: number

  constructor(
    readonly schools: readonly WorldSchool[],
    weeks: readonly Week[],
    readonly numbers: Truth,
  ) {
    this.all = 2 ** schools.length - 1
    for (const [metric, dimensions] of Object.entries(attacked))
      for (const mask of [...schools.keys()].map((i) => 2 ** i))
        this.#declare(metric, mask, dimensions, weeks)
    for (const metric of Object.keys(attacked)) this.#authority(metric, weeks)
    this.#resolved()
  }

  has(figure: Figure): boolean {
    return this.#index.has(keyOf(figure))
  }

  /** The number of a figure; one of several schools is made when it is first asked for. */
  at(figure: Figure): number {
    const key = keyOf(figure)
    const found = this.#index.get(key)
    if (found !== undefined) return found
    return this.#add(figure)
  }

  #add(figure: Figure): number {
    const at = this.system.figure()
    const { metric, mask, period, by } = figure
    this.#index.set(keyOf(figure), at)
    this.figures.push(figure)
    const members = this.schools.filter((_, i) => mask & (2 ** i))
    this.truth.push(
      members.reduce((sum, { urn }) => sum + (this.numbers.get(nameOf(metric, urn, period, by)) ?? 0), 0),
    )
    if (members.length > 1) {
      const parts = [...this.schools.keys()]
        .filter((i) => mask & (2 ** i))
        .map((i) => this.at({ ...figure, mask: 2 ** i }))
      this.system.sum(at, parts)
      this.#beside(figure, at)
    }
    return at
  }

  /** Two groups of schools that overlap: what one has and the other has not. */
  #beside(figure: Figure, at: number): void {
    const group = `${figure.metric}|${figure.period}|${figure.by}`
    const others = this.#masks.get(group) ?? []
    this.#masks.set(group, [...others, figure.mask])
    for (const other of others.slice(-24)) {
      const [mine, theirs] = [figure.mask & ~other, other & ~figure.mask]
      if ((figure.mask & other) === 0 || bits(mine) + bits(theirs) > 6) continue
      const rest = (mask: number) => (mask === 0 ? [] : this.#differences(figure, mask))
      this.system.row(
        [
          [at, 1],
          [this.at({ ...figure, mask: other }), -1],
          ...rest(mine).map((part) => [part, -1] as const),
          ...rest(theirs).map((part) => [part, 1] as const),
        ],
        0,
        0,
      )
    }
  }

  #differences(figure: Figure, mask: number): number[] {
    return [...this.schools.keys()]
      .filter((i) => mask & (2 ** i))
      .map((i) => this.at({ ...figure, mask: 2 ** i }))
  }

  #declare(
    metric: string,
    mask: number,
    dimensions: Readonly<Record<string, readonly string[]>>,
    weeks: readonly Week[],
  ): void {
    const stored = metrics.get(metric) as StoredMetric
    const bys = ['', ...Object.entries(dimensions).flatMap(([d, values]) => values.map((v) => `${d}=${v}`))]
    const isRoll = stored.lastInSlice === true
    const link = isAdditive(stored) ? 'sum' : 'union'
    const parents = new Map<string, Set<string>>()
    const periods = new Set<string>()
    for (const week of weeks) {
      const [w, h, t, y] = periodsOf(week) as [string, string, string, string]
      for (const [parent, child] of isRoll
        ? []
        : ([
            [y, t],
            [t, h],
            [h, w],
          ] as const))
        parents.set(parent, (parents.get(parent) ?? new Set()).add(child))
      for (const period of isRoll ? [y] : [w, h, t, y]) periods.add(period)
    }
    for (const by of bys)
      for (const [parent, children] of parents)
        this.system[link](
          this.at({ metric, mask, period: parent, by }),
          [...children].map((period) => this.at({ metric, mask, period, by })),
        )
    for (const period of periods) {
      const total = this.at({ metric, mask, period, by: '' })
      for (const [d, values] of Object.entries(dimensions)) {
        const parts = values.map((v) => this.at({ metric, mask, period, by: `${d}=${v}` }))
        this.system[link](total, parts)
      }
      if (stored.measure.kind === 'pupils')
        this.system.atMost(
          total,
          this.at({ metric: 'headcount', mask, period: `year ${yearOf(period, weeks)}`, by: '' }),
        )
    }
  }

  #authority(metric: string, weeks: readonly Week[]): void {
    const stored = metrics.get(metric) as StoredMetric
    if (stored.lastInSlice) return
    const link = isAdditive(stored) ? 'sum' : 'union'
    const parents = new Map<string, Set<string>>()
    for (const week of weeks) {
      const [w, h, t, y] = periodsOf(week) as [string, string, string, string]
      for (const [parent, child] of [
        [y, t],
        [t, h],
        [h, w],
      ] as const)
        parents.set(parent, (parents.get(parent) ?? new Set()).add(child))
    }
    const bys = [
      '',
      ...Object.entries(attacked[metric]!).flatMap(([d, values]) => values.map((v) => `${d}=${v}`)),
    ]
    for (const by of bys)
      for (const [parent, children] of parents)
        this.system[link](
          this.at({ metric, mask: this.all, period: parent, by }),
          [...children].map((period) => this.at({ metric, mask: this.all, period, by })),
        )
  }

  /** Incidents that are resolved are incidents. */
  #resolved(): void {
    for (const { metric, ...place } of [...this.figures])
      if (metric === 'incidents_resolved')
        this.system.atMost(this.at({ metric, ...place }), this.at({ metric: 'incidents', ...place }))
  }
}

export const keyOf = ({ metric, mask, period, by }: Figure): string => `${metric}|${mask}|${period}|${by}`

export function bits(mask: number): number {
  let count = 0
  for (let left = mask; left > 0; left &= left - 1) count++
  return count
}

/** The academic year that a period lies in. */
export function yearOf(period: string, weeks: readonly Week[]): number {
  const [grain, number] = period.split(' ') as [string, string]
  if (grain === 'year') return Number(number)
  if (grain !== 'week') return Math.floor(Number(number) / 100)
  return weeks.find(({ week }) => week.replaceAll('-', '') === number)!.year
}
