import fc from 'fast-check'
import { releaseArguments, seldomInReleases } from '../releases/testing.ts'
import { neededBySupport, seldomInSupport, supportArguments } from '../support/isolation/testing.ts'
import { tierArguments } from '../tiers/isolation/testing.ts'
import { alpha, bravo, phasesOf } from './tenants.ts'

type Make = () => fc.Arbitrary<any>

const codes = () => fc.constantFrom(alpha.code, bravo.code, 999)
const urns = () => fc.constantFrom(...alpha.urns, ...bravo.urns, 100_000)
const metricIds = fc.constantFrom(
  ...['exclusions', 'exclusion_rate', 'headcount', 'incidents', 'incident_rate', 'incident_resolution_rate'],
  ...['days_to_resolution', 'check_ins', 'check_in_response_rate', 'wellbeing_score', 'pupils_with_incident'],
  ...['pupils_with_incident_share', 'pupils_checked_in', 'incidents_resolved', 'nope'],
  ...['fidelity_share', 'sessions_delivered', 'plan_review_share', 'goal_rating'],
)
const phase = fc.constantFrom(...phasesOf, ...phasesOf, 'XX')
const size = fc.integer({ min: 0, max: 9 })
const text = fc.constantFrom('canary', 'BRAVO', 'ALPHA', 'school', '', '744201', '855101')

/** What each argument is tried with; a new one must be given a generator here, or the test fails. */
export const generatorsWith = (cursor: Make): Record<string, Make> => ({
  'Query.authority.code': codes,
  'Query.metric.id': () => metricIds,
  'Query.schools.authority': codes,
  'Query.schools.phase': () => phase,
  'Query.schools.search': () => text,
  'Query.schools.first': () => size,
  'Query.schools.after': cursor,
  'Query.schools.last': () => size,
  'Query.schools.before': cursor,
  'Query.figures.metric': () => metricIds,
  'Query.figures.groupBy': () =>
    fc.oneof(
      { weight: 6, arbitrary: fc.subarray(['authority', 'school', 'phase']) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...[
            ['school', 'exclusion_type'],
            ['instrument', 'subscale'],
            ['authority', 'reason'],
            ['sex'],
            ['behaviour'],
          ],
        ),
      },
    ),
  'Query.figures.first': () => size,
  'Query.figures.after': cursor,
  'Query.compareSchools.metric': () => metricIds,
  'Query.compareSchools.authority': codes,
  'Query.compareSchools.phase': () => phase,
  'Query.compareSchools.against': () => fc.constantFrom('AUTHORITY', 'ALL_SCHOOLS'),
  'Query.compareSchools.orderBy': () => fc.constantFrom('NAME', 'VALUE'),
  'Query.compareSchools.similarTo': urns,
  'Query.compareSchools.nearest': () => size,
  'Query.compareSchools.standardiseBy': () => fc.subarray(['nc_year', 'sex', 'fsm']),
  'Query.similarSchools.urn': urns,
  'Query.similarSchools.n': () => size,
  'Query.similarSchools.academicYear': () => fc.constantFrom('201617', '201718', 'bad'),
  'Query.trend.metric': () => metricIds,
  'Query.trend.school': urns,
  'Query.trend.authority': codes,
  'Query.trend.target': () => fc.constantFrom(-1, 2.5),
  'Query.trend.rebase': () => fc.boolean(),
  'ChangeInput.on': () => fc.constantFrom('2016-10-03', '2017-02-01', '2016-13-01'),
  'ChangeInput.label': () => fc.constant('New rules'),
  'Query.inequality.metric': () => metricIds,
  'Query.inequality.by': () => fc.constantFrom('fsm', 'sex', 'nc_year', 'nope'),
  'Query.inequality.authority': codes,
  'Query.inequality.phase': () => phase,
  'Query.association.metricX': () => metricIds,
  'Query.association.metricY': () => metricIds,
  'Query.association.authority': codes,
  'Query.association.phase': () => phase,
  ...supportArguments(codes, urns),
  ...tierArguments([alpha, bravo], codes),
  ...releaseArguments([alpha, bravo], codes, urns, cursor),
  'PeriodInput.grain': () => fc.constantFrom('ACADEMIC_YEAR', 'TERM', 'HALF_TERM', 'WEEK'),
  'PeriodInput.academicYears': () =>
    fc.constantFrom(['201617'], ['201617'], ['201718'], ['201617', '201718'], ['bad']),
  'PeriodInput.index': () => fc.constantFrom([1], [1, 2], [9]),
  'PeriodInput.from': () => fc.constant('2016-10-03'),
  'PeriodInput.to': () => fc.constant('2016-10-09'),
  'FigureFilters.authorities': () => fc.array(codes(), { maxLength: 3 }),
  'FigureFilters.schools': () => fc.array(urns(), { maxLength: 3 }),
  'FigureFilters.phases': () => fc.array(phase, { maxLength: 2 }),
  'DimensionFilter.name': () => fc.constantFrom('exclusion_type', 'reason', 'sex', 'subscale'),
  'DimensionFilter.values': () => fc.constantFrom(['SUSP'], ['PP', 'DB'], ['F'], ['bonding']),
})

/** Without these most questions are refused. */
export const mostly = new Set([
  'PeriodInput.academicYears',
  'Query.compareSchools.authority',
  'Query.trend.authority',
  ...neededBySupport,
])

/** Most questions with one of these are refused or empty: they are asked, but not in every second one. */
export const seldom = new Set([
  ...['PeriodInput.grain', 'PeriodInput.index', 'PeriodInput.from', 'PeriodInput.to'],
  ...[
    'Query.figures.after',
    'Query.schools.after',
    'Query.schools.before',
    'Query.schools.last',
    'Query.schools.search',
  ],
  ...[
    'FigureFilters.phases',
    'FigureFilters.dimensions',
    'FigureFilters.authorities',
    'FigureFilters.schools',
  ],
  ...['Query.compareSchools.phase', 'Query.compareSchools.dimensions'],
  ...['Query.inequality.phase', 'Query.inequality.dimensions'],
  ...['Query.association.phase', 'Query.association.dimensionsX', 'Query.association.dimensionsY'],
  ...['Query.trend.school', 'Query.trend.dimensions', 'Query.trend.changes'],
  ...['Query.compareSchools.similarTo', 'Query.compareSchools.nearest', 'Query.compareSchools.standardiseBy'],
  ...seldomInSupport,
  ...seldomInReleases,
])
