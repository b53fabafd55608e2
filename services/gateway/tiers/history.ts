import { holdsRecords } from '@cairn/access'
import { codeSets } from '@cairn/contracts'
import { cohensKappa } from '@cairn/statistics'
import {
  readReEntry,
  readTierAgreement,
  readTierExits,
  readTimeInTier,
  type TierQuestion,
} from '@cairn/warehouse'
import { Args, Ctx, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import { refuseOpenDays } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf, placeOf } from '../figures/labels.ts'
import type { FigureStatus } from '../scalars.ts'
import { mayTell, sum } from '../support/among.ts'
import { share } from '../support/shown.ts'
import { dayOf, domainOf, endingWeek, spanOf, upToOf } from './asked.ts'
import { type Closed, closed } from './closed.ts'
import {
  TierAgreement,
  TierAgreementArgs,
  TierExitRow,
  TierExitsArgs,
  TierReEntryRow,
  TimeInTierRow,
} from './history-types.ts'
import { seesAll, statusOf, wholeOrNothing } from './mix.ts'
import { TierArgs } from './types.ts'

const tiers = [1, 2, 3]
/** One of one is never shown. */
const heldBackShare = () => share(1, 1)

const heldBack = (profile: string) => ({ status: 'SUPPRESSED' as FigureStatus, symbol: 'c', profile })

@Resolver()
@UseMiddleware(tellsBasis)
export class TierHistoryResolver {
  @Query(() => [TimeInTierRow], {
    description:
      'Median and quartiles of weeks in each tier, by the school that the pupil is in at the week.',
  })
  async timeInTier(
    @Args(() => TierArgs) args: TierArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TimeInTierRow[]> {
    const { scope, warehouse } = context
    const week = await endingWeek(context, args.authority, 'week', args.week)
    const question = { ...questionOf(args, context), week }
    const [own, all] = await Promise.all([
      readTimeInTier(warehouse, scope, question),
      seesAll(scope) ? readTimeInTier(warehouse, scope, { ...question, whole: true }) : [],
    ])
    const at = (school: number, tier: number) =>
      [...own, ...all].find((row) => row.school === school && row.tier === tier)
    const schools = schoolsOf(own)
    const counts = schools.map((school) => tiers.map((tier) => at(school, tier)?.runs ?? 0))
    const stays = closedBySchool(schools, counts, tiers.map(String), seesAll(scope))
    const [names, upTo] = await Promise.all([namesOf(context), upToOf(context, question)])
    return [...schools, 0].flatMap((school) => {
      const found = stays.find(school)
      if (!found) return []
      return tiers.map((tier, i) => {
        const n = found.counts[i] ?? null
        const row = { schoolUrn: school || null, schoolName: names.get(school) ?? null, tier, upTo }
        // A median may be a pupil's own number where it is one of few.
        const known = n !== null && n >= 10 ? at(school, tier) : undefined
        const weeks = {
          medianWeeks: known?.median ?? null,
          lowerQuartileWeeks: known?.lowerQuartile ?? null,
          upperQuartileWeeks: known?.upperQuartile ?? null,
        }
        if (n === null || (n > 0 && !known)) return { ...row, n, ...weeks, ...heldBack(stays.profile) }
        return { ...row, n, ...weeks, status: 'OK' as FigureStatus, symbol: '', profile: stays.profile }
      })
    })
  }

  @Query(() => [TierExitRow], {
    description: 'Decisions to leave tier 2 or 3 in a span of days, by reason, at the school that sent them.',
  })
  async tierExits(
    @Args(() => TierExitsArgs) args: TierExitsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierExitRow[]> {
    const { scope, warehouse } = context
    const [from, to] = [dayOf('from', args.from), dayOf('to', args.to)]
    if (to < from) throw refused('to', 'a day not before the first')
    await refuseOpenDays(context, args.authority, from, to)
    const rows = await readTierExits(warehouse, scope, { ...questionOf(args, context), from, to })
    const set = codeSets.get('support-end-reason')
    const reasons = [...new Set(rows.map(({ reason }) => reason))]
    reasons.sort((a, b) => (placeOf(set, a) < placeOf(set, b) ? -1 : 1))
    const schools = schoolsOf(rows)
    const counts = schools.map((school) =>
      reasons.map((reason) => rows.find((row) => row.school === school && row.reason === reason)?.exits ?? 0),
    )
    // One reason alone has nothing beside it that could give it away.
    const outcomes = reasons.length === 1 ? [...reasons, ''] : reasons
    const exits = closedBySchool(schools, counts, outcomes, seesAll(scope))
    const names = await namesOf(context)
    return [...schools, 0].flatMap((school) => {
      const found = exits.find(school)
      if (!found) return []
      return reasons.map((reason, i) => {
        const count = found.counts[i] ?? null
        const of = count === null ? null : found.whole
        return {
          ...{ schoolUrn: school || null, schoolName: names.get(school) ?? null },
          ...{ reason, label: labelOf(set, reason), exits: of === null ? null : count, of },
          ...{ value: count === null || !of ? null : (count / of) * 100 },
          ...statusOf({ counts: [count], whole: of }, exits.profile),
        }
      })
    })
  }

  @Query(() => [TierReEntryRow], {
    description:
      'Falls to tier 1 that are two terms (26 weeks) old at the week, and returns to tier 2 or 3 within that time.',
  })
  async tierReEntry(
    @Args(() => TierArgs) args: TierArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierReEntryRow[]> {
    const { scope, warehouse } = context
    const week = await endingWeek(context, args.authority, 'week', args.week)
    const question = { ...questionOf(args, context), week }
    const rows = await readReEntry(warehouse, scope, question)
    const schools = schoolsOf(rows)
    const counts = rows.map(({ exits, returned }) => [returned, exits - returned])
    const falls = closedBySchool(schools, counts, ['returned', 'stayed'], seesAll(scope))
    const [names, upTo] = await Promise.all([namesOf(context), upToOf(context, question)])
    return [...schools, 0].flatMap((school) => {
      const found = falls.find(school)
      if (!found) return []
      const [returned = null] = found.counts
      // Held back together: each would give the other away.
      const shown = returned !== null && found.whole !== null
      const figure = shown ? share(returned, found.whole!) : heldBackShare()
      return [{ ...figure, schoolUrn: school || null, schoolName: names.get(school) ?? null, upTo }]
    })
  }

  @Query(() => TierAgreement, {
    description:
      'People’s decisions between two weeks against what the rules recommended: a rule that nobody follows is a question to the rule.',
  })
  async tierAgreement(
    @Args(() => TierAgreementArgs) args: TierAgreementArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierAgreement> {
    const { scope, warehouse } = context
    const [week, later] = await spanOf(
      context,
      args.authority,
      { field: 'week', text: args.week },
      { field: 'later', text: args.later },
    )
    if (later < week) throw refused('later', 'a week not before the other')
    const question = questionOf(args, context)
    const [rows, upTo] = await Promise.all([
      readTierAgreement(warehouse, scope, { ...question, week, later }),
      upToOf(context, question),
    ])
    const counts = Array.from({ length: 9 }, (_, i) => rows.reduce((so, row) => so + row.counts[i]!, 0))
    const decisions = [0, 3, 6].map((at) => counts.slice(at, at + 3))
    const total = sum(counts)
    const reader = { scope, isOwnSchool: holdsRecords(scope) }
    const agreedOf = (of: readonly number[]) => of[0]! + of[4]! + of[8]!
    const partsOf = ({ counts: of }: (typeof rows)[number]) => [agreedOf(of), sum(of) - agreedOf(of)]
    const mayTellAgreed = mayTell(reader, rows.map(partsOf))
    const agreed = mayTellAgreed ? share(agreedOf(counts), total) : heldBackShare()
    const isTold = mayTell(
      reader,
      rows.map((row) => row.counts),
    )
    const { status, symbol, profile } = wholeOrNothing(counts)
    const shown = isTold && status === 'OK' && total > 0
    const kappa = shown ? cohensKappa(decisions).kappa : Number.NaN
    return {
      decisions: shown ? decisions : null,
      agreed,
      kappa: Number.isNaN(kappa) ? null : kappa,
      upTo,
      ...(isTold ? { status: status as FigureStatus, symbol, profile } : heldBack(profile)),
    }
  }
}

function questionOf(args: { authority: number; domain: string }, { signal }: GatewayContext): TierQuestion {
  return { authorities: [args.authority], domain: domainOf(args.domain), signal }
}

const schoolsOf = (rows: readonly { readonly school: number }[]): number[] => [
  ...new Set(rows.map(({ school }) => school)),
]

const namesOf = async ({ directory, scope }: GatewayContext): Promise<Map<number, string>> =>
  new Map((await directory.schools(scope)).map(({ urn, name }) => [urn, name]))

const closedBySchool = (
  schools: readonly number[],
  counts: readonly (readonly number[])[],
  outcomes: readonly string[],
  together: boolean,
): Closed =>
  closed(
    schools.map((school, i) => ({ school, by: '', value: '', counts: counts[i]! })),
    outcomes,
    together,
  )
