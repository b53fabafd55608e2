import { passes, refuseTooMany } from './draft.ts'
import type { Group } from './groups.ts'
import { notReleased, type PartFigure, partAt } from './part-at.ts'
import { type Part, splitOf, whole } from './parts.ts'
import { isAsked, yearOfPeriod } from './periods.ts'
import type { Question } from './question.ts'
import { type Across, readSources, type Sources } from './sources.ts'
import { wasOpen } from './sums.ts'
import type { Figure, Told } from './told.ts'

/**
 * What readers across schools get. Where a row comes from goes by authority, academic year, metric, period and breakdown,
 * never by the numbers: from the newest release, if it holds them, else there is none. A group that no release has as such is the sum of its parts, and held back with
 * any of them, so that it tells nothing that they do not.
 */
export async function tellAcross(
  across: Across,
  question: Question,
  begun: readonly number[],
): Promise<Told[]> {
  const sources = await readSources(across, question)
  const found: Told[] = []
  for (const group of across.groups)
    for (const period of periodsOf(sources, group, begun)) {
      const year = yearOfPeriod(question.period.grain, period)
      const parts = partsOf(sources, group, year)
      if (parts.length === 0) continue
      const values = valuesOf(sources, parts, year)
      refuseTooMany(found.length + values.length)
      for (const one of values) found.push(sumOf(sources, parts, { group, period, values: one }))
    }
  return found
}

/** Periods that have begun, and those that a release of the group's authorities holds. */
function periodsOf({ above, question }: Sources, group: Group, begun: readonly number[]): number[] {
  const authorities = [...new Set(group.schools.map(({ authority }) => authority))]
  const released = question.period.years.flatMap((year) =>
    authorities.flatMap((authority) => [...above.held.periodsOf(authority, year)]),
  )
  return [...new Set([...begun, ...released.filter((period) => isAsked(question.period, period))])]
}

/**
 * The parts that have a figure in the year. A school that the year's release does not have is left out of a group, as it is
 * out of the authority's own figure; by itself it gets a row that says so.
 */
function partsOf(sources: Sources, group: Group, year: number): Part[] {
  const { newest, rolls } = sources
  const isInside = ({ authority, school }: Part) => rolls.schoolsOf(authority, year).has(school)
  const there = splitOf(sources, group).filter(
    (part) => part.schools.some((one) => wasOpen(one, year)) || isInside(part),
  )
  const inside = there.filter(
    (part) => part.school === whole || !newest.of(part.authority, year) || isInside(part),
  )
  return inside.length > 0 ? inside : there
}

/** As releases have them; where none has any, one row stands for them all: which there are is not told either. */
function valuesOf({ above, question }: Sources, parts: readonly Part[], year: number): (readonly string[])[] {
  if (question.breakdown.length === 0) return [[]]
  const all = parts.flatMap(({ authority }) => [...above.held.valuesOf(authority, year)])
  if (all.length === 0) return [[]]
  const each = new Map(all.map((values) => [values.join(';'), values]))
  return [...each.values()].filter((values) => passes(question, values))
}

/** One part decides for all: a missing one before a hidden one. */
const decisive = ['NOT_RELEASED', 'SUPPRESSED', 'OK'] as const

function sumOf(
  sources: Sources,
  parts: readonly Part[],
  place: Pick<Told, 'group' | 'period' | 'values'>,
): Told {
  const all = parts.map((part) => partAt(sources, part, place))
  const there = all.filter(({ status }) => status !== 'NOT_AVAILABLE')
  const status = decisive.find((one) => there.some((part) => part.status === one))
  const first =
    there.find((part) => part.status === status) ?? all[0] ?? notReleased('no school of it has a roll')
  const { symbol, reason } = first
  const [closedAt] = there.flatMap((part) => part.closedAt ?? []).sort()
  const definitionId = namesIn(there, first, 'definitionId')
  const stamps = {
    ...{ profile: namesIn(there, first, 'profile')!, release: namesIn(there, first, 'release') },
    ...(definitionId !== null && { definitionId }),
    ...(closedAt !== undefined && { closedAt }),
  }
  if (status !== 'OK') return { ...place, ...stamps, status: first.status, symbol, reason }
  const { metric, period } = sources.question
  if (metric.kind === 'median' && there.length > 1)
    return { ...place, ...notReleased('a median is not summed from those of parts') }
  const year = yearOfPeriod(period.grain, place.period)
  return {
    ...place,
    ...stamps,
    status,
    symbol,
    reason,
    figure: { ...figureOf(sources, there), without: withoutRoll(all, place.group, year) },
  }
}

function figureOf({ below }: Sources, parts: readonly PartFigure[]): Omit<Figure, 'without'> {
  const sum = (of: (part: PartFigure) => number | undefined) =>
    parts.reduce((so, part) => so + (of(part) ?? 0), 0)
  const n = sum((part) => part.n)
  // A part without any score has no sums to add.
  const isMean = parts.some((part) => part.squares)
  const [{ median } = {}] = parts
  return {
    ...{ n, schools: new Set(parts.flatMap((part) => [...part.schools!])).size },
    ...(below && { ratio: { numerator: n, denominator: sum((part) => part.denominator) } }),
    ...(isMean && {
      squares: { sx: sum((part) => part.squares?.sx), sxx: sum((part) => part.squares?.sxx) },
    }),
    ...(median !== undefined && { median }),
  }
}

function withoutRoll(parts: readonly PartFigure[], { schools }: Group, year: number): number {
  const having = new Set(parts.flatMap((part) => [...(part.schools ?? [])]))
  return schools.filter((school) => !having.has(school.urn) && wasOpen(school, year)).length
}

/** What all parts are under, or come from, each named once. */
function namesIn(
  parts: readonly PartFigure[],
  first: PartFigure,
  what: 'profile' | 'release' | 'definitionId',
): string | null {
  const names = new Set(parts.flatMap((part) => part[what] ?? []))
  return names.size > 0 ? [...names].sort().join(', ') : (first[what] ?? null)
}
