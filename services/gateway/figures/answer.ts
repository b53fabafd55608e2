import { holdsRecords, narrow, type Scope } from '@cairn/access'
import type { Position } from '@cairn/control-plane'
import { aggregate, type Profile, standard } from '@cairn/disclosure'
import { isAdditive } from '@cairn/metrics'
import { usualSettleDays } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import type { School } from '../directory.ts'
import { tellAcross } from './across.ts'
import { draftFigures } from './draft.ts'
import { type Group, groupSchools } from './groups.ts'
import { holdBack } from './hold-back.ts'
import { begunPeriods } from './periods.ts'
import { brokenDown, type Question } from './question.ts'
import { captionOf, missingRows, type Row, rowOf } from './rows.ts'
import type { Reading } from './sums.ts'
import { type Status, type Told, toldLive } from './told.ts'

export type AnswerDeps = Pick<
  GatewayContext,
  'warehouse' | 'controlPlane' | 'directory' | 'log' | 'now' | 'settleDays'
>

export type { Row, Status }

export interface Answer {
  /** In the order of their places. */
  readonly rows: readonly Row[]
  /**
   * ISO 8601, UTC: every event accepted before is in these figures, as far as their release takes corrections; null where
   * nothing was drained yet.
   */
  readonly asOf: string | null
}

/**
 * The one way to what a reader sees, whatever asks: from cells for a school's lead, from releases for readers across schools
 * (across.ts) → statistics → rows.
 */
export async function answer(
  deps: AnswerDeps,
  scope: Scope,
  question: Question,
  signal?: AbortSignal,
): Promise<Answer> {
  const { filters, period, places } = question
  const mine = narrow(scope, {
    ...(filters.authorities && { authorities: filters.authorities }),
    ...(filters.schools && { schools: filters.schools }),
  })
  const isPeriodic = !isAdditive(brokenDown(question.metric))
  const drained = await workedOutUpTo(deps, mine, (at) => isPeriodic && at.settled < at.drained)
  const schools = (await deps.directory.schools(mine)).filter(
    (s) => filters.phases?.includes(s.phase) ?? true,
  )
  const groups = groupSchools(schools, places)
  if (groups.length === 0) return { rows: [], asOf: drained }
  const begun = begunPeriods(period, await deps.directory.calendars(mine, period.years), dayOf(deps.now()))
  const reading = { warehouse: deps.warehouse, scope: mine, groups, period, ...(signal && { signal }) }
  const told = await tell(deps, scope, reading, question, begun)
  const names = new Map((await deps.directory.authorities(mine)).map((a) => [a.code, a.name]))
  const caption = captionOf(question, names)
  const rows = told.map((one) => rowOf(question.metric, caption(one), one))
  if (question.everyGroup) {
    const profile = holdsRecords(scope) ? await deps.directory.ownProfile(scope) : standard
    rows.push(...missingRows(told, groups, begun, profile, caption))
  }
  return { rows: rows.sort((a, b) => (a.place < b.place ? -1 : 1)), asOf: asOfOf(told, drained) }
}

/** By who asks, and for whom: see docs/disclosure.md. */
async function tell(
  deps: AnswerDeps,
  scope: Scope,
  reading: Reading,
  question: Question,
  begun: readonly number[],
): Promise<Told[]> {
  const counted = (groups: readonly Group[], profile: Profile) =>
    countLive({ ...reading, groups }, question, begun, profile)
  if (holdsRecords(scope)) return counted(reading.groups, await deps.directory.ownProfile(scope))
  const { groups } = reading
  const ofAggregates = groups.filter(({ schools }) => schools.every((school) => school.aggregate))
  const ofSchools = withSchools(groups, (school) => !school.aggregate)
  const wide = narrow(scope, { authorities: reading.scope.authorities })
  const across = { ...reading, scope: wide, groups: ofSchools }
  const [published, own] = await Promise.all([
    counted(ofAggregates, aggregate),
    ofSchools.length > 0 &&
      tellAcross({ ...across, ...(await knownOf(deps, wide, question)) }, question, begun),
  ])
  return [...published, ...(own || [])]
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

async function countLive(
  reading: Reading,
  question: Question,
  begun: readonly number[],
  profile: Profile,
): Promise<Told[]> {
  if (reading.groups.length === 0) return []
  const drafts = await draftFigures(reading, question, begun)
  const verdicts = holdBack(question.metric, drafts, profile)
  return drafts.map((draft, i) => toldLive(draft, verdicts[i]!))
}

const withSchools = (groups: readonly Group[], isIn: (school: School) => boolean): Group[] =>
  groups
    .map((group) => ({ ...group, schools: group.schools.filter(isIn) }))
    .filter(({ schools }) => schools.length > 0)

/** All own schools of a reader's authorities, where all may be seen, and their calendars. */
async function knownOf({ directory, now, settleDays }: AnswerDeps, wide: Scope, { period }: Question) {
  const [schools, calendars] = await Promise.all([
    directory.schools(wide),
    directory.calendars(wide, period.years),
  ])
  return {
    settleDays: settleDays ?? usualSettleDays,
    today: new Date(now()).toISOString().slice(0, 10),
    own: wide.schools === 'all' ? schools.filter((school) => !school.aggregate) : undefined,
    weeks: new Map(wide.authorities.map((code, i) => [code, calendars[i] ?? []])),
  }
}

/** The oldest of all that the rows come from: of a release when it closed, of what was counted the last drain. */
function asOfOf(told: readonly Told[], drained: string | null): string | null {
  const times = told
    .filter(({ status }) => status !== 'NOT_RELEASED')
    .map(({ closedAt }) => (closedAt === undefined ? drained : closedAt))
  if (times.length === 0) return drained
  return times.includes(null) ? null : (times.sort()[0] ?? null)
}

/**
 * The oldest drain among the partitions of these authorities: what all figures of an answer have in common.
 * @param isLate whether what is asked for is still to be worked out there: different pupils are counted a little later than
 *   the rest, and until that is done nothing is known of their time
 */
export async function workedOutUpTo(
  deps: Pick<AnswerDeps, 'log' | 'controlPlane'>,
  scope: Scope,
  isLate: (at: Position) => boolean,
): Promise<string | null> {
  const partitions = new Set(scope.authorities.map((a) => deps.log.partitionOf(a)))
  const positions = (await deps.controlPlane.ledger.positions()).filter((p) => partitions.has(p.partition))
  const late = positions.some(isLate)
  const times = positions.map((p) => p.drainedAt)
  if (late || times.length < partitions.size || times.length === 0 || times.includes(undefined)) return null
  return new Date(Math.min(...times.map(Number))).toISOString()
}
