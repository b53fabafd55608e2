import { holdsRecords, type Scope } from '@cairn/access'
import { codeSets } from '@cairn/contracts'
import { weekIndex } from '@cairn/mtss'
import { cohensKappa } from '@cairn/statistics'
import {
  readReEntry,
  readStays,
  readTierAgreement,
  readTierExits,
  readTimeInTier,
  type TierQuestion,
  type TimeInTierRow as TierRuns,
} from '@cairn/warehouse'
import { Args, Ctx, Query, Resolver, UseMiddleware } from 'type-graphql'
import { tellsBasis } from '../basis.ts'
import { refuseOpenDays } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import { labelOf, placeOf } from '../figures/labels.ts'
import type { FigureStatus } from '../scalars.ts'
import { mayTell, type Parts, sum, together } from '../support/among.ts'
import { judge, type ShareFigure, share } from '../support/shown.ts'
import {
  dayOf,
  domainOf,
  endingYear,
  readExitsBy,
  readTiersBy,
  spanOf,
  type TiersBy,
  upToOf,
} from './asked.ts'
import { type Closed, closed } from './closed.ts'
import { mayTellGrown, type PartsBySchool } from './grown.ts'
import {
  type AskedStays,
  agreedOf,
  agreementByPupils,
  exitsByPupils,
  reEntryByPupils,
  timeByPupils,
} from './history-by-pupils.ts'
import {
  TierAgreement,
  TierAgreementArgs,
  TierExitRow,
  TierExitsArgs,
  TierReEntryRow,
  TimeInTierArgs,
  TimeInTierRow,
} from './history-types.ts'
import { seesAll, statusOf, wholeOrNothing } from './mix.ts'

const tiers = [1, 2, 3]
/** One of one is never shown. */
const heldBackShare = () => share(1, 1)

const heldBack = (profile: string) => ({ status: 'SUPPRESSED' as FigureStatus, symbol: 'c', profile })

@Resolver()
@UseMiddleware(tellsBasis)
export class TierHistoryResolver {
  @Query(() => [TimeInTierRow], {
    description:
      'Median and quartiles of weeks in each tier: of the own school, by the school that the pupil is in at the week, or of a whole authority.',
  })
  async timeInTier(
    @Args(() => TimeInTierArgs) args: TimeInTierArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TimeInTierRow[]> {
    const { scope, warehouse } = context
    const [week, before] = await endingYear(context, args.authority, args.week)
    const by = readTiersBy(scope, args.pupilsBy, { field: 'week', text: args.week })
    const [names, upTo] = await Promise.all([namesOf(context), upToOf(context, questionOf(args, context))])
    const question = { ...questionOf(args, context), week: knownWeek(scope, week, upTo) }
    if (by) {
      const ofValues = { ...question, pupilsBy: by.pupilsBy, whole: !by.isOwnSchool }
      const [stays, times] = await Promise.all([
        staysOf(context, by, question, before),
        readTimeInTier(warehouse, scope, ofValues),
      ])
      return timeByPupils(by, stays, times, names).map((row) => ({ ...row, upTo }))
    }
    const own = await readTimeInTier(warehouse, scope, question)
    const rowOf = (school: number, tier: number, n: number | null, found: readonly TierRuns[]) => {
      // A median may be a pupil's own number where it is one of few.
      const known =
        n !== null && n >= 10 ? found.find((row) => row.school === school && row.tier === tier) : undefined
      const { profile } = judge({ kind: 'mean', n: 0 })
      return {
        ...{ ...named(school, names), tier, upTo, n },
        medianWeeks: known?.median ?? null,
        lowerQuartileWeeks: known?.lowerQuartile ?? null,
        upperQuartileWeeks: known?.upperQuartile ?? null,
        ...(n === null || (n > 0 && !known)
          ? heldBack(profile)
          : { status: 'OK' as FigureStatus, symbol: '', profile }),
      }
    }
    if (holdsRecords(scope)) {
      const schools = schoolsOf(own)
      const runsOf = (school: number, tier: number) =>
        own.find((row) => row.school === school && row.tier === tier)?.runs ?? 0
      const counts = schools.map((school) => tiers.map((tier) => runsOf(school, tier)))
      const stays = closedBySchool(schools, counts, tiers.map(String))
      return schools.flatMap((school) =>
        tiers.map((tier, i) => rowOf(school, tier, stays.find(school)?.counts[i] ?? null, own)),
      )
    }
    const [whole, past] = await Promise.all([
      readTimeInTier(warehouse, scope, { ...question, whole: true }),
      readTimeInTier(warehouse, scope, { ...question, week: before }),
    ])
    if (whole.length === 0) return []
    return tiers.map((tier) => {
      // Those that go on are the mix: what has ended is the rest.
      const counts = [({ runs }: TierRuns) => runs, ({ ended }: TierRuns) => ended]
      const isTold = counts.every((of) => mayTellGrown(ofTier(own, tier, of), ofTier(past, tier, of)))
      const runs = whole.find((row) => row.tier === tier)?.runs ?? 0
      return rowOf(0, tier, isTold ? runs : null, whole)
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
    const by = readExitsBy(scope, args.pupilsBy, { from, to })
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
    if (by) {
      const ofValues = { ...questionOf(args, context), from, to, pupilsBy: by.pupilsBy }
      const all = await readTierExits(warehouse, scope, ofValues)
      return exitsByPupils(by, all, { plain: exits, names, reasons, set })
    }
    return [...schools, 0].flatMap((school) => {
      const found = exits.find(school)
      if (!found) return []
      return reasons.map((reason, i) => {
        const count = found.counts[i] ?? null
        const of = count === null ? null : found.whole
        return {
          ...named(school, names),
          ...{ reason, label: labelOf(set, reason), exits: of === null ? null : count, of },
          ...{ value: count === null || !of ? null : (count / of) * 100 },
          ...statusOf({ counts: [count], whole: of }, exits.profile),
        }
      })
    })
  }

  @Query(() => [TierReEntryRow], {
    description:
      'Falls to tier 1 that are two terms (26 weeks) old at the week, and returns to tier 2 or 3 within that time: of the own school, or of a whole authority.',
  })
  async tierReEntry(
    @Args(() => TimeInTierArgs) args: TimeInTierArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TierReEntryRow[]> {
    const { scope, warehouse } = context
    const [week, before] = await endingYear(context, args.authority, args.week)
    const by = readTiersBy(scope, args.pupilsBy, { field: 'week', text: args.week })
    const [names, upTo] = await Promise.all([namesOf(context), upToOf(context, questionOf(args, context))])
    const question = { ...questionOf(args, context), week: knownWeek(scope, week, upTo) }
    if (by) {
      const stays = await staysOf(context, by, question, before)
      return reEntryByPupils(by, stays, names).map((row) => ({ ...row, upTo }))
    }
    const rows = await readReEntry(warehouse, scope, question)
    const rowOf = (school: number, figure: ShareFigure): TierReEntryRow => ({
      ...{ ...figure, ...named(school, names), upTo },
    })
    if (holdsRecords(scope)) {
      const schools = schoolsOf(rows)
      const falls = closedBySchool(schools, rows.map(fallsOf), ['returned', 'stayed'])
      return schools.flatMap((school) => {
        const { counts: [returned = null] = [], whole = null } = falls.find(school) ?? {}
        // Held back together: each would give the other away.
        const isShown = returned !== null && whole !== null
        return rowOf(school, isShown ? share(returned, whole) : heldBackShare())
      })
    }
    if (rows.length === 0) return []
    const past = await readReEntry(warehouse, scope, { ...question, week: before })
    const bySchool = (of: typeof rows): PartsBySchool => new Map(of.map((row) => [row.school, fallsOf(row)]))
    if (!mayTellGrown(bySchool(rows), bySchool(past))) return [rowOf(0, heldBackShare())]
    const [returned, stayed] = together(rows.map(fallsOf)) as [number, number]
    return [rowOf(0, share(returned, returned + stayed))]
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
    const [week, later] = await spanOf(context, args.authority, args)
    if (later < week) throw refused('later', 'a week not before the other')
    const [first, last] = [
      { field: 'week', text: args.week },
      { field: 'later', text: args.later },
    ]
    const by = readTiersBy(scope, args.pupilsBy, last, first)
    const question = { ...questionOf(args, context), week, later }
    const [rows, byValue, upTo] = await Promise.all([
      readTierAgreement(warehouse, scope, question),
      by ? readTierAgreement(warehouse, scope, { ...question, pupilsBy: by.pupilsBy }) : [],
      upToOf(context, question),
    ])
    const counts = Array.from({ length: 9 }, (_, i) => rows.reduce((so, row) => so + row.counts[i]!, 0))
    const decisions = [0, 3, 6].map((at) => counts.slice(at, at + 3))
    const total = sum(counts)
    const reader = { scope, isOwnSchool: holdsRecords(scope) }
    const mayTellAgreed = mayTell(reader, rows.map(agreedOf))
    const agreed = mayTellAgreed ? share(agreedOf({ counts })[0], total) : heldBackShare()
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
      values: by ? agreementByPupils(by, byValue) : null,
      kappa: Number.isNaN(kappa) ? null : kappa,
      upTo,
      ...(isTold ? { status: status as FigureStatus, symbol, profile } : heldBack(profile)),
    }
  }
}

function questionOf(args: { authority: number; domain: string }, { signal }: GatewayContext): TierQuestion {
  return { authorities: [args.authority], domain: domainOf(args.domain), signal }
}

/**
 * A lead may ask about a week that is still to come: as at the end of what is known, as no stay is as long yet and no fall as
 * old. Across schools a year that has closed is asked about, whatever came since.
 */
const knownWeek = (scope: Scope, week: number, upTo: string | null): number =>
  holdsRecords(scope) && upTo !== null ? Math.min(week, weekIndex(upTo)) : week

/** By value, as at the week; for readers across schools as at the week that the year before ended in, too. */
async function staysOf(
  { scope, warehouse }: GatewayContext,
  { isOwnSchool, pupilsBy }: TiersBy,
  question: TierQuestion & { readonly week: number },
  before: number,
): Promise<AskedStays> {
  const at = (week: number) => readStays(warehouse, scope, { ...question, week, pupilsBy })
  const [now, past] = await Promise.all([at(question.week), isOwnSchool ? [] : at(before)])
  return { now, before: past }
}

/** All pupils of a school; 0: of all schools together. */
const named = (school: number, names: ReadonlyMap<number, string>) => ({
  ...{ schoolUrn: school || null, schoolName: names.get(school) ?? null, pupils: null },
})

const schoolsOf = (rows: readonly { readonly school: number }[]): number[] => [
  ...new Set(rows.map(({ school }) => school)),
]

const namesOf = async ({ directory, scope }: GatewayContext): Promise<Map<number, string>> =>
  new Map((await directory.schools(scope)).map(({ urn, name }) => [urn, name]))

const closedBySchool = (
  schools: readonly number[],
  counts: readonly (readonly number[])[],
  outcomes: readonly string[],
  together = false,
): Closed =>
  closed(
    schools.map((school, i) => ({ school, by: '', value: '', counts: counts[i]! })),
    outcomes,
    together,
  )

const ofTier = (rows: readonly TierRuns[], tier: number, countOf: (row: TierRuns) => number): PartsBySchool =>
  new Map(rows.flatMap((row) => (row.tier === tier ? [[row.school, [countOf(row)]] as const] : [])))

const fallsOf = ({ exits, returned }: { readonly exits: number; readonly returned: number }): Parts => [
  returned,
  exits - returned,
]
