import type { Scope } from '@cairn/access'
import type { StoredMetric } from '@cairn/metrics'
import { readCells, readRoll, type Warehouse } from '@cairn/warehouse'
import type { School } from '../directory.ts'
import type { Group } from './groups.ts'
import { isAsked, type PeriodChoice } from './periods.ts'

/** What is read for one question: from the warehouse, within a scope, over groups of schools. */
export interface Reading {
  readonly warehouse: Warehouse
  readonly scope: Scope
  readonly groups: readonly Group[]
  readonly period: PeriodChoice
  readonly signal?: AbortSignal
}

/** Cells of a group and a period, summed. */
export interface Sum {
  readonly group: number
  readonly period: number
  readonly values: readonly string[]
  n: number
  sx: number
  sxx: number
  /** Schools that have something here. */
  schools: number
}

/** Sums by group, period and values. */
export class Sums {
  readonly #sums = new Map<string, Sum>()

  add(sum: Sum): void {
    const key = keyOf(sum.group, sum.period, sum.values)
    const known = this.#sums.get(key)
    if (!known) {
      this.#sums.set(key, { ...sum })
      return
    }
    known.n += sum.n
    known.sx += sum.sx
    known.sxx += sum.sxx
    known.schools += sum.schools
  }

  get(group: number, period: number, values: readonly string[]): Sum | undefined {
    return this.#sums.get(keyOf(group, period, values))
  }

  [Symbol.iterator](): IterableIterator<Sum> {
    return this.#sums.values()
  }
}

const keyOf = (group: number, period: number, values: readonly string[]): string =>
  `${group} ${period} ${values.join(';')}`

/** A metric's sums over all schools of the groups, or over those that `counts` lets through in a year. */
export async function readSums(
  reading: Reading,
  metric: StoredMetric,
  breakdown: readonly string[],
  years: readonly number[],
  counts: (school: School) => boolean = () => true,
): Promise<Sums> {
  const { warehouse, scope, groups, period, signal } = reading
  const sums = new Sums()
  const members = groups.flatMap((g) =>
    g.schools.filter(counts).map((s): [number, number] => [s.urn, g.number]),
  )
  if (members.length === 0) return sums
  const cells = await readCells(warehouse, scope, {
    metric,
    authorities: scope.authorities,
    groups: new Map(members),
    breakdown,
    grain: period.grain,
    years,
    ...(signal && { signal }),
  })
  for (const cell of cells) if (isAsked(period, cell.period)) sums.add(cell)
  return sums
}

/** The roll of a group in an academic year. */
export interface GroupRoll {
  /** Pupils, by values of the breakdown (joined by `;`); `''` where the roll is not broken down. */
  readonly pupils: ReadonlyMap<string, number>
  readonly total: number
  /** URNs of the schools that have a roll. */
  readonly schools: ReadonlySet<number>
  /** Schools of the group that were open in the year and have none. */
  readonly without: number
  /** Week of the oldest census among them, YYYYMMDD. */
  readonly census: number
}

/** Rolls by academic year and group; a group in which no school has a roll is not there. */
export class Rolls {
  readonly #rolls = new Map<string, GroupRoll>()

  set(year: number, group: number, roll: GroupRoll): void {
    this.#rolls.set(`${year} ${group}`, roll)
  }

  get(year: number, group: number): GroupRoll | undefined {
    return this.#rolls.get(`${year} ${group}`)
  }
}

export async function readRolls(
  reading: Reading,
  headcount: StoredMetric,
  breakdown: readonly string[],
): Promise<Rolls> {
  const { warehouse, scope, groups, period, signal } = reading
  const rows = await readRoll(warehouse, scope, {
    metric: headcount,
    authorities: scope.authorities,
    groups: new Map(groups.flatMap((g) => g.schools.map((s): [number, number] => [s.urn, g.number]))),
    breakdown,
    years: period.years,
    ...(signal && { signal }),
  })
  const bySchool = new Map(rows.map((row) => [`${row.year} ${row.authority} ${row.school}`, row]))
  const rolls = new Rolls()
  for (const year of period.years) {
    for (const group of groups) {
      const found = group.schools.flatMap((s) => bySchool.get(`${year} ${s.authority} ${s.urn}`) ?? [])
      if (found.length === 0) continue
      const pupils = new Map<string, number>()
      for (const { values, n } of found.flatMap((roll) => roll.counts))
        pupils.set(values.join(';'), (pupils.get(values.join(';')) ?? 0) + n)
      const schools = new Set(found.map((roll) => roll.school))
      rolls.set(year, group.number, {
        pupils,
        total: [...pupils.values()].reduce((sum, n) => sum + n, 0),
        schools,
        without: withoutRoll(group, year, schools),
        census: Math.min(...found.map((roll) => roll.census)),
      })
    }
  }
  return rolls
}

const withoutRoll = (group: Group, year: number, schools: ReadonlySet<number>): number =>
  group.schools.filter((school) => !schools.has(school.urn) && wasOpen(school, year)).length

/** Open on some day of the academic year. */
export const wasOpen = ({ openDate, closeDate }: School, year: number): boolean =>
  (openDate ?? '') <= `${year + 1}-07-31` && (closeDate ?? '9999') >= `${year}-08-01`
