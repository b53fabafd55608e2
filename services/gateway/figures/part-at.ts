import { stampOf, standard } from '@cairn/disclosure'
import { drawnFrom, type Metric, releasedIds } from '@cairn/metrics'
import { closesOn, type ReleasedCell, type ReleaseInfo, releaseName } from '@cairn/warehouse'
import { type Part, whole } from './parts.ts'
import { academicYearText, timeIdentifier, yearOfPeriod } from './periods.ts'
import { brokenDown } from './question.ts'
import { holds, reaches, type Sources } from './sources.ts'
import { type Figure, reasons, type Told } from './told.ts'

/** A part's figure, and what may be told of it. */
export interface PartFigure extends Omit<Told, 'group' | 'period' | 'values' | 'figure' | 'census'> {
  readonly n?: number
  readonly denominator?: number
  /** Of a mean. */
  readonly squares?: NonNullable<Figure['squares']>
  readonly median?: number
  /** URNs of those that it comes from; of one that is not available, those that it would. */
  readonly schools?: ReadonlySet<number>
}

type When = Pick<Told, 'period' | 'values'>

export function partAt(sources: Sources, part: Part, when: When): PartFigure {
  const { above, below, newest, question, rolls } = sources
  const { authority, school } = part
  const { period, values } = when
  const year = yearOfPeriod(question.period.grain, period)
  const cell = above.held.find(authority, year, school, period, values)
  const under = below?.held.find(
    authority,
    year,
    school,
    below.isYearly ? year : period,
    below.shared(values),
  )
  const release = newest.of(authority, year)
  if (release && cell && (!below || under)) {
    const schools = school === whole ? rolls.schoolsOf(authority, year) : new Set([school])
    return fromRelease(question.metric, release, cell, under, schools)
  }
  return notReleased(whyNot(sources, part, period))
}

function fromRelease(
  metric: Metric,
  release: ReleaseInfo,
  cell: ReleasedCell,
  under: ReleasedCell | undefined,
  schools: ReadonlySet<number>,
): PartFigure {
  const { profile, closedAt } = release
  const definitionId = drawnFrom(metric, (part) => release.definitions.get(part.id))
  const stamp = { release: releaseName(release), profile, closedAt, definitionId }
  const cells = under ? [cell, under] : [cell]
  const unavailable: PartFigure = {
    ...stamp,
    status: 'NOT_AVAILABLE',
    symbol: 'x',
    reason: reasons.NOT_AVAILABLE,
    schools,
  }
  if (cells.some(({ status }) => status === 'unavailable')) return unavailable
  if (cells.some(({ status }) => status === 'hidden'))
    return { ...stamp, status: 'SUPPRESSED', symbol: 'c', reason: reasons.SUPPRESSED }
  const { value: n = 0, sx, sxx, median } = cell
  // Pupils who came after the census: more than the whole is no share.
  if (metric.kind === 'proportion' && n > under!.value!) return unavailable
  return {
    ...{ ...stamp, status: 'OK', symbol: '', reason: null, n, schools },
    ...(under && { denominator: under.value! }),
    ...(sx !== undefined && sxx !== undefined && { squares: { sx, sxx } }),
    ...(median !== undefined && { median }),
  }
}

const outside = { profile: stampOf(standard), release: null }
export const notReleased = (reason: string): PartFigure => ({
  ...{ ...outside, status: 'NOT_RELEASED', symbol: 'x', reason },
})

/** Why no release has it, in words; the first that holds. */
function whyNot(sources: Sources, { authority, school }: Part, period: number): string {
  const { newest, question, rolls, above } = sources
  const { grain } = question.period
  const year = yearOfPeriod(grain, period)
  const name = `${academicYearText(year)} of authority ${authority}`
  const release = newest.of(authority, year)
  if (!releasedIds().includes(above.metric)) return 'this metric is not in releases'
  if (school !== whole && grain === 'week') return 'schools’ weeks are not published'
  if (!release) return `${name} has not been released: ${whenReleased(sources, authority, period)}`
  if (!holds(sources, release)) return 'this metric is not in releases'
  if (school !== whole && brokenDown(question.metric).release === 'authority')
    return 'of this metric releases have the whole authority alone'
  if (question.breakdown.length > 0 && [...above.held.valuesOf(authority, year)].length === 0)
    return 'this breakdown is not in releases'
  if (!reaches(sources, release, period))
    return `${timeIdentifier(grain, period)} of ${name} has not been released: ${whenReleased(sources, authority, period)}`
  if (school !== whole && !rolls.schoolsOf(authority, year).has(school))
    return `the school is in no release of ${name}: it had no roll when the year was first released`
  return `of this metric releases have no figures by ${words[grain]}`
}

/** Goes by the calendar alone. */
function whenReleased({ question, weeks, settleDays, today }: Sources, authority: number, period: number) {
  const { grain } = question.period
  const year = yearOfPeriod(grain, period)
  const calendar = (weeks.get(authority) ?? []).filter((one) => one.year === year)
  const last = {
    week: () => calendar.find((one) => Number(one.week.replaceAll('-', '')) === period)?.halfTerm ?? 6,
    half_term: () => period % 100,
    term: () => (period % 100) * 2,
    year: () => 6,
  }[grain]()
  const on = closesOn(year, last, [{ weeks: calendar }], settleDays)
  return today >= on ? 'it has closed, and waits for its release' : `half-term ${last} closes on ${on}`
}

const words = { week: 'week', half_term: 'half-term', term: 'term', year: 'year' } as const
