import {
  type MedianMetric,
  metrics,
  type RatioMetric,
  type StoredMetric,
  storedMetrics,
} from '@cairn/metrics'
import { refused } from '../errors.ts'
import type { Group } from './groups.ts'
import { codeSetOf, codesInForce } from './labels.ts'
import { yearOfPeriod } from './periods.ts'
import { brokenDown, denominatorBreakdown, isStock, type Question } from './question.ts'
import { type GroupRoll, type Reading, type Rolls, readRolls, readSums, type Sum, type Sums } from './sums.ts'

/** A figure as it was counted, before anything is worked out or held back. */
export interface Draft {
  readonly group: Group
  readonly period: number
  readonly values: readonly string[]
  /** Events, pupils or scores. */
  readonly n: number
  /** Of a rate or a share. */
  readonly ratio?: { readonly numerator: number; readonly denominator: number }
  /** Of a mean. */
  readonly squares?: { readonly sx: number; readonly sxx: number }
  /** Of a median. */
  readonly bins?: readonly { value: number; count: number }[]
  /** What the figure is a part of, or what it was counted among: pupils on roll where that is known. */
  readonly among?: number
  /** What a count of events is a part of, where the registry has that share: one tells the other. */
  readonly whole?: number
  readonly schools: number
  readonly roll?: GroupRoll
}

/** More rows than this are no answer to a question that somebody asked. */
export const mostRows = 100_000

export const roll = storedMetrics.find(isStock)!

/** Counts what a question asks for. `begun` are the periods that get a row even where nothing happened. */
export function draftFigures(
  reading: Reading,
  question: Question,
  begun: readonly number[],
): Promise<Draft[]> {
  const { metric } = question
  if (metric.kind === 'median') return medians(reading, question, metric)
  if (metric.kind !== 'stored')
    return isStock(metric.denominator)
      ? ratiosOverRoll(reading, question, metric, begun)
      : ratiosOverFlow(reading, question, metric)
  if (isStock(metric)) return headcounts(reading, question, metric, begun)
  return metric.measure.kind === 'mean'
    ? means(reading, question, metric)
    : counts(reading, question, metric, begun)
}

/**
 * Rates and shares of the roll. Numerator and denominator come from the same schools: those that have a roll in the
 * year; a school with a roll and nothing else is a true 0.
 */
async function ratiosOverRoll(
  reading: Reading,
  question: Question,
  metric: RatioMetric,
  begun: readonly number[],
): Promise<Draft[]> {
  const shared = denominatorBreakdown(metric.denominator, question.breakdown)!
  const rolls = await readRolls(reading, metric.denominator, shared)
  const sharedValues = (values: readonly string[]) =>
    shared.map((d) => values[question.breakdown.indexOf(d)]!).join(';')
  const drafts: Draft[] = []
  for (const years of yearsByRoll(reading, rolls)) {
    const counted = (urn: number, group: Group) =>
      rolls.get(years[0]!, group.number)?.schools.has(urn) ?? false
    const having = new Set(
      reading.groups.flatMap((g) => g.schools.filter((s) => counted(s.urn, g)).map((s) => s.urn)),
    )
    const sums = await readSums(reading, metric.numerator, question.breakdown, years, (s) =>
      having.has(s.urn),
    )
    for (const place of matrix(reading, question, sums, begun, years)) {
      const own = rolls.get(yearOfPeriod(question.period.grain, place.period), place.group.number)
      if (!own) continue
      const denominator = own.pupils.get(sharedValues(place.values)) ?? 0
      const n = sums.get(place.group.number, place.period, place.values)?.n ?? 0
      drafts.push({
        ...place,
        n,
        ratio: { numerator: n, denominator },
        among: denominator,
        schools: own.schools.size,
        roll: own,
      })
    }
  }
  return drafts
}

/** Academic years in which the same schools have a roll: they can be read together. */
function yearsByRoll({ groups, period }: Reading, rolls: Rolls): number[][] {
  const together = new Map<string, number[]>()
  for (const year of period.years) {
    const key = groups.map((g) => [...(rolls.get(year, g.number)?.schools ?? [])].join(' ')).join(';')
    together.set(key, [...(together.get(key) ?? []), year])
  }
  return [...together.values()]
}

/** Shares of what happened in the same period (incidents resolved). Where nothing happened there is no figure. */
async function ratiosOverFlow(reading: Reading, question: Question, metric: RatioMetric): Promise<Draft[]> {
  const { breakdown, period } = question
  const broken = denominatorBreakdown(metric.denominator, breakdown)!
  const [below, above] = await Promise.all([
    readSums(reading, metric.denominator, broken, period.years),
    readSums(reading, metric.numerator, breakdown, period.years),
  ])
  return existing(reading, question, below).map(([place, sum]) => {
    const n = above.get(sum.group, sum.period, sum.values)?.n ?? 0
    return { ...place, n, ratio: { numerator: n, denominator: sum.n }, among: sum.n, schools: sum.schools }
  })
}

async function counts(
  reading: Reading,
  question: Question,
  metric: StoredMetric,
  begun: readonly number[],
): Promise<Draft[]> {
  const [sums, rolls, whole] = await Promise.all([
    readSums(reading, metric, question.breakdown, question.period.years),
    readRolls(reading, roll, []),
    readWhole(reading, question, metric),
  ])
  const drafts: Draft[] = []
  for (const place of matrix(reading, question, sums, begun, question.period.years)) {
    const own = rolls.get(yearOfPeriod(question.period.grain, place.period), place.group.number)
    const sum = sums.get(place.group.number, place.period, place.values)
    // Without a roll nothing tells whether a school sends anything: then what is not there is not known to be 0.
    if (!own && !sum) continue
    const { n = 0, schools = 0 } = sum ?? {}
    drafts.push({
      ...place,
      n,
      schools,
      ...wholeAt(whole, place),
      ...(own && { roll: own, among: own.total }),
    })
  }
  return drafts
}

async function headcounts(
  reading: Reading,
  question: Question,
  metric: StoredMetric,
  begun: readonly number[],
): Promise<Draft[]> {
  const { breakdown } = question
  const rolls = await readRolls(reading, metric, breakdown)
  const drafts: Draft[] = []
  for (const year of begun)
    for (const group of reading.groups) {
      const own = rolls.get(year, group.number)
      if (!own) continue
      const sets = breakdown.map((d) => codesInForce(codeSetOf(metric, d), year))
      const seen = [...own.pupils.keys()].map((key) => (key === '' ? [] : key.split(';')))
      for (const values of combinations(breakdown, sets, seen, question))
        drafts.push({
          group,
          period: year,
          values,
          n: own.pupils.get(values.join(';')) ?? 0,
          among: own.total,
          schools: own.schools.size,
          roll: own,
        })
      refuseTooMany(drafts.length)
    }
  return drafts
}

async function means(reading: Reading, question: Question, metric: StoredMetric): Promise<Draft[]> {
  const sums = await readSums(reading, metric, question.breakdown, question.period.years)
  return existing(reading, question, sums).map(([place, { n, sx, sxx, schools }]) => ({
    ...place,
    n,
    squares: { sx, sxx },
    among: n,
    schools,
  }))
}

/**
 * Sums of what a metric's events are a part of, as a share in the registry says (incidents resolved, of incidents).
 * Whoever has the whole and the part has the rest, so the part is held to the share's rule wherever it is shown.
 */
async function readWhole(
  reading: Reading,
  question: Question,
  metric: StoredMetric,
): Promise<Sums | undefined> {
  for (const share of metrics.values()) {
    if (share.kind !== 'proportion' || share.numerator !== metric || isStock(share.denominator)) continue
    const breakdown = denominatorBreakdown(share.denominator, question.breakdown)
    if (breakdown) return readSums(reading, share.denominator, breakdown, question.period.years)
  }
  return undefined
}

const wholeAt = (whole: Sums | undefined, { group, period, values }: Place): { whole?: number } => {
  const sum = whole?.get(group.number, period, values)
  return sum ? { whole: sum.n } : {}
}

/** Cells hold the histogram: the dimension `by` has one value a bin. */
async function medians(reading: Reading, question: Question, metric: MedianMetric): Promise<Draft[]> {
  const wanted = [...question.breakdown, metric.by]
  const stored = metric.of.breakdowns.find(
    (b) => b.length === wanted.length && wanted.every((d) => b.includes(d)),
  )!
  const at = stored.indexOf(metric.by)
  const [sums, totals, whole] = await Promise.all([
    readSums(reading, metric.of, stored, question.period.years),
    readSums(reading, metric.of, question.breakdown, question.period.years),
    readWhole(reading, question, metric.of),
  ])
  const bins = new Map<string, { value: number; count: number }[]>()
  for (const { group, period, values, n } of sums) {
    const key = `${group} ${period} ${values.toSpliced(at, 1).join(';')}`
    const own = bins.get(key)
    const bin = { value: Number(values[at]), count: n }
    if (own) own.push(bin)
    else bins.set(key, [bin])
  }
  return existing(reading, question, totals).map(([place, { group, period, values, n, schools }]) => ({
    ...place,
    n,
    ...wholeAt(whole, place),
    bins: bins.get(`${group} ${period} ${values.join(';')}`) ?? [],
    among: n,
    schools,
  }))
}

export type Place = Pick<Draft, 'group' | 'period' | 'values'>

/** The places that have a sum, and pass the question's filters. */
function existing(reading: Reading, question: Question, sums: Sums): [Place, Sum][] {
  const groups = new Map(reading.groups.map((g) => [g.number, g]))
  const found: [Place, Sum][] = []
  for (const sum of sums)
    if (sum.n > 0 && passes(question, sum.values))
      found.push([{ group: groups.get(sum.group)!, period: sum.period, values: sum.values }, sum])
  refuseTooMany(found.length)
  return found
}

/** Every group × period × combination of values: a full matrix, so that what is missing is seen to be 0. */
function* matrix(
  reading: Reading,
  question: Question,
  sums: Sums,
  begun: readonly number[],
  years: readonly number[],
): Generator<Place> {
  const { breakdown, period } = question
  const { grain } = period
  const stored = brokenDown(question.metric)
  const seen = [...sums]
  const periods = new Set([...begun, ...seen.map((sum) => sum.period)])
  let rows = 0
  for (const one of [...periods].sort((a, b) => a - b)) {
    const year = yearOfPeriod(grain, one)
    if (!years.includes(year)) continue
    const sets = breakdown.map((d) => codesInForce(codeSetOf(stored, d), year))
    const ofYear = seen.filter((sum) => yearOfPeriod(grain, sum.period) === year).map((sum) => sum.values)
    const all = combinations(breakdown, sets, ofYear, question)
    rows += all.length * reading.groups.length
    refuseTooMany(rows)
    for (const group of reading.groups) for (const values of all) yield { group, period: one, values }
  }
}

/** All combinations of the values that each dimension's code set has or that were seen, less those filtered out. */
function combinations(
  breakdown: readonly string[],
  sets: readonly (readonly string[])[],
  seen: readonly (readonly string[])[],
  question: Question,
): string[][] {
  let all: string[][] = [[]]
  for (const [i, dimension] of breakdown.entries()) {
    const kept = question.filters.values.get(dimension)
    const values = [...new Set([...sets[i]!, ...seen.map((values) => values[i]!)])]
    const wanted = kept ? values.filter((value) => kept.includes(value)) : values
    refuseTooMany(all.length * wanted.length)
    all = all.flatMap((before) => wanted.map((value) => [...before, value]))
  }
  return all
}

export const passes = ({ breakdown, filters }: Question, values: readonly string[]): boolean =>
  breakdown.every((d, i) => filters.values.get(d)?.includes(values[i]!) ?? true)

/** @throws GraphQLError */
export function refuseTooMany(rows: number): void {
  if (rows > mostRows)
    throw refused('groupBy', `an answer of at most ${mostRows} rows: ask for fewer groups or periods`)
}
