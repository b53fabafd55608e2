import { expect } from 'vitest'
import { installation, seed } from '../installation.ts'

import type { FigureRow, Figures } from './types.ts'

export interface Asked {
  metric: string
  groupBy?: string[]
  period?: object
  filters?: object
  first?: number
  after?: string
}
/** Every field of a row. */
export const fields = `metricId timePeriod timeIdentifier authorityCode authorityName schoolUrn schoolName phase
  dimensions { name value label } n numerator denominator value lower upper confidence method unit per status symbol
  schools schoolsWithoutRoll rollCensus responseRate profile release reason`
export const query = `query($metric: String!, $groupBy: [String!]! = [], $period: PeriodInput!, $filters: FigureFilters, $first: Int, $after: String) {
  figures(metric: $metric, groupBy: $groupBy, period: $period, filters: $filters, first: $first, after: $after) {
    totalCount asOf pageInfo { hasNextPage hasPreviousPage startCursor endCursor } rows { ${fields} } } }`

export const [ash, birch, cedar, dale, elm] = [812301, 812302, 812303, 812304, 812305]
export const [fir, gorse] = [812306, 812307]

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
    at(ash, 'headcount', 20170116, {
      '': 2283,
      'census=spring': 2283,
      'sex=F': 1200,
      'sex=M': 1081,
      'sex=U': 2,
    }),
    at(ash, 'headcount', 20170515, { '': 2400, 'census=summer': 2400 }),
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
  await gateway.release({ authority: 855, year: 2016 })
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
