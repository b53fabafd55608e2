import {
  type Category,
  type Cube,
  categories,
  coordinates,
  type LayerKind,
  type Metric,
  periods,
  type Shape,
} from '@cairn/disclosure'

export interface CountySize {
  primaries: number
  secondaries: number
  /** Weeks in a half-term; 0 for no weekly totals. */
  weeks: number
}

/** Five in six are primaries, as in the county of 240. */
export function sizeOf(schools: number): CountySize {
  const primaries = Math.round((schools * 5) / 6)
  return { primaries, secondaries: schools - primaries, weeks: 6 }
}

/** Seeded numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const bands = ['R to 2', '3 to 4', '5 to 6', '7 to 9', '10 to 11', '12 to 13']
const ethnicities = ['White', 'Asian', 'Black', 'Mixed', 'Other', 'Not known']
const usual = [0.2, 2, 10, 23]
const outcomes = ['Tier 1', 'Tier 2', 'Tier 3']

function shapeOf(size: CountySize): Shape {
  const characteristics = [
    { id: 'nc_year', values: bands },
    { id: 'sex', values: ['F', 'M'] },
    { id: 'fsm', values: ['Yes', 'No'] },
    { id: 'sen_provision', values: ['None', 'Support', 'EHCP'] },
    { id: 'ethnicity', values: ethnicities },
  ]
  const pairs = characteristics.flatMap(({ id }, one) =>
    characteristics.slice(one + 1).map((other): [string, string] => [id, other.id]),
  )
  const halfTerms = ['Autumn 1', 'Autumn 2', 'Spring 1', 'Spring 2', 'Summer 1', 'Summer 2'].map((id) => ({
    id,
    term: id.slice(0, -2),
  }))
  return {
    authority: 'Invented county',
    academicYear: '2025/26',
    schools: Array.from({ length: size.primaries + size.secondaries }, (_, index) => `School ${index + 1}`),
    characteristics,
    pairs,
    halfTerms,
    weeks: halfTerms.flatMap(({ id }) =>
      Array.from({ length: size.weeks }, (_, week) => ({ id: `${id} week ${week + 1}`, halfTerm: id })),
    ),
  }
}

/**
 * An invented authority: a roll by school, a metric of pupils for each rate (% a half-term), an event count and
 * tiers. Pupils and schools differ in how likely they are to have any.
 */
export function inventedCube(size: CountySize, seed: number, rates: readonly number[] = usual): Cube {
  const random = seeded(seed)
  const shape = shapeOf(size)
  const counter = new Counter(shape, 'pupils')
  const incidents = new Counter(shape, 'events')
  const denominators = new Map<string, Int32Array>()
  const metrics: Metric[] = [
    ...rates.map((rate): Metric => ({ id: `pupils at ${rate} %`, kind: 'pupils', rows: new Map() })),
    { id: 'events', kind: 'events', rows: new Map() },
    { id: 'tier', kind: 'partition', outcomes, rows: new Map() },
  ]
  for (const [index, school] of shape.schools.entries()) {
    const isPrimary = index < size.primaries
    const pupils = Math.round((isPrimary ? 110 + 320 * random() : 700 + 800 * random()) || 1)
    const mix = { fsm: 0.08 + 0.4 * random() ** 2, white: 0.55 + 0.43 * random(), effect: 0.5 + random() }
    const roll = counter.roll()
    const rows = metrics.map(({ kind }) =>
      (kind === 'partition' ? outcomes : ['']).map(() => (kind === 'events' ? incidents : counter).row()),
    )
    for (let pupil = 0; pupil < pupils; pupil++) {
      const mine = counter.of(person(random, isPrimary, mix))
      for (const category of mine) roll[category]! += 1
      const propensity = mix.effect * (random() < 0.2 ? 2.5 : 0.625)
      for (const [at, rate] of rates.entries()) {
        counter.hits(
          rows[at]![0]!,
          mine,
          () => (random() < Math.min(0.95, (rate / 100) * propensity) ? 1 : 0),
          random,
        )
      }
      incidents.events(rows[rates.length]![0]!, mine, () => eventsOf(random, 0.004 * propensity), random)
      counter.tiers(rows[rates.length + 1]!, mine, () => tierOf(random, propensity))
    }
    denominators.set(school, roll)
    for (const [at, metric] of metrics.entries())
      (metric.rows as Map<string, Int32Array[]>).set(school, rows[at]!)
  }
  return { shape, denominators, metrics }
}

function person(random: () => number, isPrimary: boolean, mix: { fsm: number; white: number }): string[] {
  const from = isPrimary ? 0 : 3
  const sen = random()
  const group = random() < mix.white ? 'White' : ethnicities[1 + Math.floor(random() ** 1.6 * 5)]!
  return [
    bands[from + Math.floor(random() * (isPrimary ? 3 : 2.35))]!,
    random() < 0.5 ? 'F' : 'M',
    random() < mix.fsm ? 'Yes' : 'No',
    sen < 0.82 ? 'None' : sen < 0.96 ? 'Support' : 'EHCP',
    group,
  ]
}

function eventsOf(random: () => number, rate: number): number {
  let events = 0
  while (random() < (events === 0 ? rate : 0.4)) events += 1
  return events
}

function tierOf(random: () => number, propensity: number): number {
  const draw = random()
  return draw < 0.02 * propensity ? 2 : draw < 0.13 * propensity ? 1 : 0
}

/** Counts pupils into the rows of a cube. */
class Counter {
  private readonly all: Category[]
  private readonly at: number[][]
  private readonly size: number
  private readonly weeks: number
  private readonly when

  constructor(
    private readonly shape: Shape,
    kind: LayerKind,
  ) {
    this.all = categories(shape)
    this.when = periods(shape, kind)
    const spots = coordinates(shape, kind)
    this.size = spots.length
    this.at = this.when.map(() => this.all.map(() => -1))
    for (const [index, { category, period }] of spots.entries()) this.at[period]![category] = index
    this.weeks = shape.weeks.length / shape.halfTerms.length
  }

  roll = () => new Int32Array(this.all.length)
  row = () => new Int32Array(this.size)

  /** Categories of a pupil with these values: everyone, five singles, ten pairs. */
  of(values: readonly string[]): number[] {
    const has = new Set(values.map((value, index) => `${this.shape.characteristics[index]!.id} ${value}`))
    return this.all.flatMap(({ by }, category) =>
      by.every(({ characteristic, value }) => has.has(`${characteristic} ${value}`)) ? [category] : [],
    )
  }

  hits(row: Int32Array, mine: number[], draw: () => number, random: () => number): void {
    const reached = new Set<number>()
    this.each(
      draw,
      (_, path) => {
        for (const period of path) reached.add(period)
      },
      random,
    )
    for (const period of reached) this.add(row, mine, period, 1)
  }

  events(row: Int32Array, mine: number[], draw: () => number, random: () => number): void {
    this.each(
      draw,
      (count, path) => {
        for (const period of path) this.add(row, mine, period, count)
      },
      random,
    )
  }

  /** Tiers at the end of each period; a pupil in one at a time. */
  tiers(rows: Int32Array[], mine: number[], draw: () => number): void {
    for (const period of this.when.keys()) this.add(rows[draw()]!, mine, period, 1)
  }

  private each(
    draw: () => number,
    found: (count: number, path: number[]) => void,
    random: () => number,
  ): void {
    for (const [index, { id }] of this.shape.halfTerms.entries()) {
      const count = draw()
      if (count === 0) continue
      const week = index * this.weeks + Math.floor(random() * this.weeks)
      found(count, this.pathFrom(this.shape.weeks[week]?.id ?? id))
    }
  }

  /** A period and those that it lies within. */
  private pathFrom(id: string): number[] {
    const path: number[] = []
    for (let next: string | undefined = id; next !== undefined; next = this.when[path.at(-1)!]!.within) {
      path.push(this.when.findIndex((period) => period.id === next))
    }
    return path
  }

  private add(row: Int32Array, mine: number[], period: number, count: number): void {
    for (const category of mine) {
      const spot = this.at[period]![category]!
      if (spot >= 0) row[spot]! += count
    }
  }
}
