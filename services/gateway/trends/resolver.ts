import { Args, Ctx, Query, Resolver } from 'type-graphql'
import { authorityOf, oneValueEach } from '../comparisons/asking.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { published, whenOf } from '../figures/published.ts'
import { readQuestion } from '../figures/question.ts'
import { periodOf, readFilters } from '../figures/resolver.ts'
import { type Change, chartOf } from './chart.ts'
import { calendarOf } from './spans.ts'
import { type ChangeInput, Trend, TrendArgs } from './types.ts'

const mostChanges = 10
const longestLabel = 100

const method =
  'XmR chart: mean of the shown points ∓ 2.66 mean moving range, ranges of 3.267 times their mean or more left out; ' +
  'special causes: outside the limits, 7 rising or falling, 2 of 3 near a limit, 7 on one side (NHS England, Making Data Count)'

@Resolver()
export class TrendResolver {
  @Query(() => Trend, {
    description:
      'One metric of a school or an authority over weeks, half-terms or terms, with control limits and special causes. ' +
      'Limits come from shown points alone.',
  })
  async trend(@Args(() => TrendArgs) args: TrendArgs, @Ctx() context: GatewayContext): Promise<Trend> {
    const { target } = args
    const period = periodOf(args.period)
    if (period.grain === 'year') throw refused('period.grain', 'WEEK, HALF_TERM or TERM')
    const changes = readChanges(args.changes ?? [])
    if (target != null && !Number.isFinite(target)) throw refused('target', 'a number')
    const { authority, school } = await subjectOf(args, context)
    const dimensions = oneValueEach(args.dimensions ?? [])
    const filters = readFilters({
      authorities: [authority],
      schools: school === null ? null : [school],
      dimensions,
    })
    const by = [school === null ? 'authority' : 'school', ...dimensions.map((d) => d.name)]
    const question = readQuestion(args.metric, by, period, filters)
    const [{ rows, asOf }, calendar] = await Promise.all([
      published(context, { ...question, everyGroup: true }),
      calendarOf(context, authority, school, period.grain, period.years),
    ])
    const inTerm = rows.flatMap((row) => {
      const span = calendar.spanOf(whenOf(row))
      return span ? [{ row, span }] : []
    })
    const chart = chartOf(question.metric, inTerm, {
      ...{ changes, rebase: args.rebase ?? true, today: new Date(context.now()).toISOString().slice(0, 10) },
      ...(target != null && { target }),
    })
    return {
      ...chart,
      points: chart.points.map(({ row, span, ...point }) => ({ ...row, ...span, ...point })),
      status: chart.reason === null ? 'OK' : 'NOT_APPLICABLE',
      target: target ?? null,
      suppressed: inTerm.filter(({ row }) => row.status === 'SUPPRESSED').map(({ span }) => span.from),
      weeksOutOfTerm: rows.length - inTerm.length,
      method,
      asOf,
    }
  }
}

/** The authority, or one of its schools. A school that is not the reader's is refused as one that is not there. */
async function subjectOf({ school, authority }: TrendArgs, { directory, scope }: GatewayContext) {
  if (school == null) return { authority: authorityOf(scope, authority), school: null }
  const own = (await directory.schools(scope)).find(({ urn }) => urn === school)
  if (!own || (authority != null && own.authority !== authority))
    throw refused('school', 'one of your schools')
  return { authority: own.authority, school }
}

/** @throws GraphQLError naming the field that breaks its rule; labels come back as they were given */
function readChanges(changes: readonly ChangeInput[]): Change[] {
  if (changes.length > mostChanges) throw refused('changes', `at most ${mostChanges}`)
  for (const { on, label } of changes) {
    const at = Date.parse(`${on}T00:00:00Z`)
    if (!/^\d{4}-\d\d-\d\d$/.test(on) || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== on)
      throw refused('changes.on', 'an ISO date, such as 2016-10-03')
    if (label.length > longestLabel) throw refused('changes.label', `at most ${longestLabel} characters`)
  }
  return changes.map(({ on, label }) => ({ on, label }))
}
