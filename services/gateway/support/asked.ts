import { holdsRecords, narrow, type Scope } from '@cairn/access'
import { type InstrumentDefinition, nameOf } from '@cairn/mtss'
import type { SupportQuery } from '@cairn/warehouse'
import { ArgsType, Field, Int } from 'type-graphql'
import { refuseOpenPeriod } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import type { PeriodChoice } from '../figures/periods.ts'
import { periodOf } from '../figures/resolver.ts'
import { PeriodInput } from '../figures/types.ts'
import type { Reader } from './among.ts'

/** What every question about support begins with. */
@ArgsType()
export class SupportArgs {
  @Field(() => PeriodInput, {
    description:
      'One academic year that has closed; of the wheel and of factors also one term. A school’s lead may ask about a half-term too, and about what goes on.',
  })
  period!: PeriodInput

  @Field(() => Int, { nullable: true, description: 'LA code; may be left out where you have one authority.' })
  authority?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'URN, for the school’s lead; readers across schools leave it out.',
  })
  school?: number | null
}

/** A question about support, checked: nothing is in scope or query that was not asked for. */
export interface Asked extends Reader {
  readonly scope: Scope
  readonly query: SupportQuery
  readonly period: PeriodChoice
}

export interface Offered {
  /** Arguments that would count the same pupils otherwise, and whether they do: not for readers across schools. */
  readonly moved?: Readonly<Record<string, boolean>>
  /** Whether readers across schools may ask about a term: see terms.ts. */
  readonly byTerm?: boolean
}

/** @throws GraphQLError naming the argument that breaks its rule */
export async function readAsked(
  args: SupportArgs,
  context: GatewayContext,
  offered: Offered = {},
): Promise<Asked> {
  const { authorities } = context.scope
  const authority = args.authority ?? (authorities.length === 1 ? authorities[0]! : undefined)
  if (authority === undefined) throw refused('authority', 'one of yours, since you have several')
  const period = periodOf(args.period)
  const { grain, years, indexes } = period
  if (grain === 'week') throw refused('period.grain', 'ACADEMIC_YEAR, TERM or HALF_TERM')
  if (years.length !== 1) throw refused('period.academicYears', 'exactly one')
  if (grain !== 'year' && indexes?.length !== 1) throw refused('period.index', 'exactly one')
  const isOwnSchool = holdsRecords(context.scope)
  if (!isOwnSchool) refuseAcross(args, context, grain, offered)
  await refuseOpenPeriod(context, authority, period)
  const whole = narrow(context.scope, { authorities: [authority] })
  const scope = args.school == null ? whole : narrow(whole, { schools: [args.school] })
  return {
    ...{ scope, isOwnSchool, period },
    query: {
      ...{ authority, grain, signal: context.signal },
      schools: (await context.directory.schools(scope)).map(({ urn }) => urn),
      period: grain === 'year' ? years[0]! : years[0]! * 100 + indexes![0]!,
    },
  }
}

/**
 * Answers that overlap in other ways than adding up tell more together than each alone: whoever reads across schools is
 * told of a whole authority, by one grain, counted in one way.
 */
function refuseAcross(
  { school }: SupportArgs,
  { scope }: GatewayContext,
  grain: PeriodChoice['grain'],
  { moved = {}, byTerm = false }: Offered,
): void {
  if (scope.schools !== 'all') throw refused('authority', 'one of which you may see all schools')
  if (school != null) throw refused('school', 'left out: a school’s support is told to its own lead')
  if (grain !== 'year' && !(byTerm && grain === 'term'))
    throw refused('period.grain', `ACADEMIC_YEAR${byTerm ? ' or TERM' : ''}, for readers across schools`)
  refuseMoved(moved, 'for readers across schools')
}

/** @throws GraphQLError naming the first that is */
export function refuseMoved(moved: Readonly<Record<string, boolean>>, when: string): void {
  for (const [field, isMoved] of Object.entries(moved))
    if (isMoved) throw refused(field, `left out, ${when}: two answers would tell how they differ`)
}

/**
 * The definition of a name, those that were imported among them.
 * @throws GraphQLError where no instrument has the name
 */
export async function instrumentOf(
  name: string,
  { controlPlane }: GatewayContext,
): Promise<InstrumentDefinition> {
  const instruments = await controlPlane.instruments.all()
  const found = instruments.find((each) => nameOf(each) === name)
  if (!found) throw refused('instrument', `one of ${instruments.map(nameOf).join(', ')}`)
  return found
}

/** @throws GraphQLError where nobody of that kind answers the instrument */
export function informantOf(definition: InstrumentDefinition, informant: string): string {
  if (!(definition.informants as readonly string[]).includes(informant))
    throw refused('informant', `one of ${definition.informants.join(', ')}`)
  return informant
}

/** @throws GraphQLError naming the argument */
export function within(field: string, value: number, least: number, most: number): number {
  if (!(value >= least && value <= most)) throw refused(field, `${least} to ${most}`)
  return value
}
