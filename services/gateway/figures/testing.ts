import type { ReleasedFigure, Warehouse } from '@cairn/warehouse'
import { writeRelease } from '@cairn/warehouse/closing'
import { expect } from 'vitest'
import { installation, type SeedCell, seed } from '../installation.ts'
import { closeYear } from '../releases/testing.ts'
import { type Asked, ash, birch, cedar, dale, elm, fir, gorse, query } from './leicestershire.ts'
import type { FigureRow, Figures } from './types.ts'

/**
 * For tests of figures: two authorities, seven schools, and cells of 2016/17 written by hand. "Now" is 1 February 2017. Asks
 * as the lead of a school, who gets what was counted of it; the year of the one authority has been released.
 */
export async function leicestershire() {
  const gateway = await installation({
    authorities: [
      { code: 855, name: 'Leicestershire' },
      { code: 856, name: 'Leicester' },
    ],
    schools: [
      { urn: ash, authority: 855, name: 'Ash', phase: 'SS' },
      { urn: birch, authority: 855, name: 'Birch', phase: 'PS' },
      { urn: cedar, authority: 855, name: 'Cedar', phase: 'PS' },
      { urn: dale, authority: 855, name: 'Dale', phase: 'SP', closeDate: '2015-08-31' },
      { urn: elm, authority: 856, name: 'Elm', phase: 'PS' },
      { urn: fir, authority: 855, name: 'Fir', phase: 'PS' },
      { urn: gorse, authority: 855, name: 'Gorse', phase: 'SS' },
    ],
    now: () => Date.parse('2017-02-01T12:00:00Z'),
  })
  const at = (school: number, metric: string, period: number, counts: Record<string, number>) =>
    ({ authority: school === elm ? 856 : 855, school, metric, period, counts }) as const
  await seed(gateway.warehouse, [
    // Ash: autumn, spring and summer of the year; spring counts.
    at(ash, 'headcount', 20161003, { '': 2000, 'census=autumn': 2000 }),
    at(ash, 'headcount', 20170116, { '': 2283, 'census=spring': 2283 }),
    at(ash, 'headcount', 20170515, { '': 2400, 'census=summer': 2400 }),
    at(dale, 'headcount', 20150119, { '': 100, 'census=spring': 100, 'sex=F': 60, 'sex=M': 38, 'sex=U': 2 }),
    // Birch: no spring census; the latest of the year counts. Cedar: none this year; the latest of the year before.
    at(birch, 'headcount', 20161003, { '': 390, 'census=autumn': 390 }),
    at(birch, 'headcount', 20170515, { '': 400, 'census=summer': 400 }),
    at(cedar, 'headcount', 20160118, { '': 100, 'census=spring': 100 }),
    at(cedar, 'headcount', 20160516, { '': 120, 'census=summer': 120 }),
    at(ash, 'exclusions', 20161003, {
      '': 27,
      'exclusion_type=SUSP': 20,
      'exclusion_type=PERM': 7,
      'reason=PP': 27,
      'exclusion_type=SUSP;reason=PP': 20,
      'exclusion_type=PERM;reason=PP': 7,
    }),
    at(elm, 'exclusions', 20161003, {
      '': 50,
      'exclusion_type=SUSP': 50,
      'reason=DB': 50,
      'exclusion_type=SUSP;reason=DB': 50,
    }),
    at(ash, 'incidents', 20161003, { '': 40, 'role=target': 40 }),
    at(ash, 'incidents', 20170109, { '': 20 }),
    at(ash, 'incidents_resolved', 20161003, { '': 30, 'days=1': 10, 'days=2': 12, 'days=40': 8 }),
    { ...at(ash, 'pupils_with_incident', 20161003, { '': 30 }), grain: 'week' },
    { ...at(ash, 'pupils_with_incident', 20161010, { '': 6 }), grain: 'week' },
    { ...at(ash, 'pupils_with_incident', 20170109, { '': 5 }), grain: 'week' },
    { ...at(ash, 'pupils_with_incident', 201601, { '': 34 }), grain: 'half_term' },
    { ...at(ash, 'pupils_with_incident', 201603, { '': 5 }), grain: 'half_term' },
    { ...at(ash, 'pupils_with_incident', 201601, { '': 34 }), grain: 'term' },
    { ...at(ash, 'pupils_with_incident', 2016, { '': 35 }), grain: 'year' },
    {
      ...at(ash, 'wellbeing_score', 20161003, {}),
      counts: { 'instrument=resilience-wheel@1;subscale=bonding': [20, 1200, 75_000] },
    },
    {
      ...at(birch, 'wellbeing_score', 20161010, {}),
      counts: { 'instrument=resilience-wheel@1;subscale=bonding': [30, 1500, 78_000] },
    },
    at(fir, 'headcount', 20170116, { '': 300, 'census=spring': 300 }),
    at(gorse, 'headcount', 20170116, { '': 900, 'census=spring': 900 }),
    at(fir, 'exclusions', 20161003, { '': 11, 'exclusion_type=SUSP': 11 }),
    at(gorse, 'exclusions', 20161003, { '': 24, 'exclusion_type=SUSP': 24 }),
  ])
  await closeYear(gateway, { authority: 855, year: 2016, schools: [ash, birch, cedar, fir, gorse] })
  const key = await gateway.keyOf('analyst', 'analyst', [855])
  const leads = new Map<number, string>()
  for (const urn of [ash, birch, cedar, dale])
    leads.set(urn, await gateway.keyOf(`lead-${urn}`, 'school_lead', [855], [urn]))
  const lead = leads.get(ash)!
  const ask = (asked: Asked, who = lead) =>
    gateway.ask(who, query, { period: { academicYears: ['201617'] }, ...asked })
  return {
    gateway,
    /** An analyst of the released authority. */
    key,
    /** The lead of Ash, as whom questions are asked unless said otherwise. */
    lead,
    leads,
    async figures(asked: Asked, who?: string): Promise<Figures> {
      const { data, errors } = await ask(asked, who)
      expect(errors).toBeUndefined()
      return data.figures
    },
    /** What a refused question is told. */
    refusal: async (asked: Asked, who?: string) => (await ask(asked, who)).errors?.[0]?.extensions,
    /** Each lead's own row. */
    async rowsBySchool(asked: Asked): Promise<Map<number | null, FigureRow>> {
      const rows: FigureRow[] = []
      for (const who of leads.values()) rows.push(...(await this.figures(asked, who)).rows)
      return new Map(rows.map((row) => [row.schoolUrn, row]))
    },
  }
}

export type Leicestershire = Awaited<ReturnType<typeof leicestershire>>

export const [oak, pine, rowan, sorrel, thorn] = [855101, 855102, 855103, 855104, 855105]
export const ofShire = [oak, pine, rowan, sorrel, thorn]
export const ofTown = [866101, 866102, 866103, 866104, 866105, 866106]
/** A school that came after the release, and the aggregates of an authority that has nothing else and of one that has. */
export const [late, alone, beside] = [855109, 877999, 855999]
const byWeek = [20161003, 20161107, 20170109]

/** What happened so far: as many incidents in each of three weeks, one a half-term. */
export const liveOf = (authority: number, school: number, incidents: number): SeedCell[] => [
  { authority, school, metric: 'headcount', period: 20161003, counts: { '': 203, 'census=autumn': 203 } },
  ...byWeek.flatMap((period): SeedCell[] => [
    { authority, school, metric: 'incidents', period, counts: { '': incidents } },
    { authority, school, metric: 'incidents_resolved', period, counts: { '': Math.max(0, incidents - 12) } },
    { authority, school, metric: 'sessions_delivered', period, counts: { '': incidents } },
  ]),
  ...[2016].map(
    (period): SeedCell => ({
      ...{
        authority,
        school,
        metric: 'pupils_with_incident',
        period,
        grain: 'year',
        counts: { '': incidents },
      },
    }),
  ),
]

/** Far from what cells say, so that it is seen where a row comes from. Hidden where there is no value. */
const releasedOfShire: ReleasedFigure[] = [
  ...ofShire.flatMap((school, i) => [
    cell('headcount', school, 'year', 2016, 1000 + i),
    cell('incidents', school, 'half_term', 201601, 100 + i),
    cell('incidents', school, 'half_term', 201602, school === rowan ? undefined : 50),
    cell('pupils_with_incident', school, 'half_term', 201601, school === sorrel ? 'x' : 60),
    scoresOf(school, school === sorrel ? 0 : 20 + i),
    { ...cell('days_to_resolution', school, 'half_term', 201601, 31), median: 3 + i },
  ]),
  cell('headcount', 0, 'year', 2016, 5010),
  cell('headcount', 0, 'year', 2016, 400, 'sex=F'),
  cell('headcount', 0, 'year', 2016, 4000, 'sex=M'),
  cell('headcount', 0, 'year', 2016, undefined, 'sex=U'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 410, 'sex=F'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 20, 'sex=M'),
  cell('pupils_with_incident', 0, 'half_term', 201601, 10, 'sex=U'),
  cell('incidents', 0, 'half_term', 201601, 510),
  cell('incidents', 0, 'half_term', 201602, 271),
  cell('incidents', 0, 'week', 20161003, 77),
  cell('incidents_resolved', 0, 'half_term', 201601, 300),
  cell('pupils_with_incident', 0, 'half_term', 201601, undefined),
  cell('incidents', 0, 'half_term', 201601, 300, 'severity=1'),
  cell('incidents', 0, 'half_term', 201601, undefined, 'severity=2'),
  { ...cell('days_to_resolution', 0, 'half_term', 201601, 155), median: 9 },
]

/** Scores of 50 on average. */
function scoresOf(school: number, n: number): ReleasedFigure {
  const figure = cell('wellbeing_score', school, 'half_term', 201601, n, 'instrument=sdq;subscale=peer')
  return n === 0 ? figure : { ...figure, sx: n * 50, sxx: n * 2600 }
}

export function cell(
  metric: string,
  school: number,
  grain: ReleasedFigure['grain'],
  period: number,
  value: number | 'x' | undefined,
  by = '',
): ReleasedFigure {
  const place = { metric, outcome: '', school, grain, period, by }
  if (value === 'x') return { ...place, status: 'unavailable' }
  return value === undefined ? { ...place, status: 'hidden' } : { ...place, status: 'published', value }
}

/** A release as a test writes it, whatever cells say. */
async function release(
  warehouse: Warehouse,
  authority: number,
  year: number,
  { through, number = 1 }: { through: number; number?: number },
  figures: ReleasedFigure[],
): Promise<void> {
  const shape = { authority: `${authority}`, academicYear: '', schools: [], characteristics: [], pairs: [] }
  const info = {
    ...{
      authority,
      year,
      number,
      digest: `${number}`,
      profile: 'strict@1',
      closedAt: '2017-01-05T09:00:00.000Z',
    },
    ...{ offset: 0, schools: 5, figures: figures.length, shape: '', through, isComplete: through === 6 },
    definitions: new Map(figures.map(({ metric }) => [metric, `${metric}@1`])),
  }
  const basis = { shape: { ...shape, halfTerms: [], weeks: [] }, denominators: new Map(), metrics: [] }
  await writeRelease(warehouse, info, figures, basis)
}

/**
 * For tests of where rows come from: an authority with two half-terms released, one with none, and one of aggregates alone.
 * @param before runs before each query of the gateway, whose name it is told
 */
export async function shire(before: (query: string) => Promise<void> = async () => {}) {
  const gateway = await installation({
    authorities: [855, 866, 877].map((code) => ({ code, name: `Authority ${code}` })),
    schools: [
      ...ofShire.map(
        (urn, i) => ({ urn, authority: 855, name: `${urn}`, phase: i < 3 ? 'PS' : 'SS' }) as const,
      ),
      { urn: late, authority: 855, name: 'Late', phase: 'SP' },
      ...ofTown.map((urn) => ({ urn, authority: 866, name: `${urn}`, phase: 'PS' }) as const),
      { urn: alone, authority: 877, name: 'All of 877', phase: 'PS', aggregate: true },
      { urn: beside, authority: 855, name: 'All of 855', phase: 'PR', aggregate: true },
    ],
    now: () => Date.parse('2017-02-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
    wrap: (real) => ({
      ...real,
      query: async (statement) => {
        await before(statement.name)
        return real.query(statement)
      },
    }),
  })
  const key = await gateway.keyOf('analyst', 'analyst', [855])
  const commissioner = await gateway.keyOf('commissioner', 'commissioner', [855, 866, 877])
  await seed(gateway.warehouse, [
    ...ofTown.flatMap((school) => liveOf(866, school, 40)),
    ...ofShire.flatMap((school) => liveOf(855, school, 40)),
    ...[alone, beside].flatMap((school) => liveOf(Math.floor(school / 1000), school, 7)),
  ])
  await release(gateway.warehouse, 855, 2016, { through: 2 }, releasedOfShire)
  return {
    gateway,
    /** An analyst of the first. */
    key,
    /** Reads all three. */
    commissioner,
    release: (...args: [number, number, { through: number; number?: number }, ReleasedFigure[]]) =>
      release(gateway.warehouse, ...args),
    async rows(asked: Asked, who = key): Promise<FigureRow[]> {
      const { data, errors } = await gateway.ask(who, query, { period: year, ...asked })
      expect(errors).toBeUndefined()
      return data.figures.rows
    },
  }
}

export type Shire = Awaited<ReturnType<typeof shire>>

export const halfTerm = (...index: number[]) => ({ grain: 'HALF_TERM', academicYears: ['201617'], index })
export const year = { academicYears: ['201617'] }
export const valuesOf = (found: readonly FigureRow[]) => found.map(({ status, value }) => [status, value])
