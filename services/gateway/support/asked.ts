import { narrow, type Scope } from '@cairn/access'
import { type InstrumentDefinition, nameOf } from '@cairn/mtss'
import type { SupportQuery } from '@cairn/warehouse'
import { ArgsType, Field, Int } from 'type-graphql'
import { refuseOpenPeriod } from '../closed-periods.ts'
import type { GatewayContext } from '../context.ts'
import { refused } from '../errors.ts'
import type { PeriodChoice } from '../figures/periods.ts'
import { periodOf } from '../figures/resolver.ts'
import { PeriodInput } from '../figures/types.ts'

/** What every question about support begins with. */
@ArgsType()
export class SupportArgs {
  @Field(() => PeriodInput, {
    description:
      'One academic year, or one term or half-term of one; for readers across schools, one that has closed.',
  })
  period!: PeriodInput

  @Field(() => Int, { nullable: true, description: 'LA code; may be left out where you have one authority.' })
  authority?: number | null

  @Field(() => Int, { nullable: true, description: 'URN; absent = all of your schools in the authority.' })
  school?: number | null
}

/** A question about support, checked: the scope has nothing in it that was not asked for. */
export interface Asked {
  readonly scope: Scope
  /** The school asked for; absent: all of them together. */
  readonly school?: number
  /** All that the reader may ask for in the authority: what is shown of one school is decided over all of them. */
  readonly all: { readonly scope: Scope; readonly schools: readonly number[] }
  readonly query: SupportQuery
  readonly period: PeriodChoice
}

/** @throws GraphQLError naming the argument that breaks its rule */
export async function readAsked(args: SupportArgs, context: GatewayContext): Promise<Asked> {
  const { authorities } = context.scope
  const authority = args.authority ?? (authorities.length === 1 ? authorities[0]! : undefined)
  if (authority === undefined) throw refused('authority', 'one of yours, since you have several')
  const whole = narrow(context.scope, { authorities: [authority] })
  const scope = args.school == null ? whole : narrow(whole, { schools: [args.school] })
  const period = periodOf(args.period)
  const { grain, years, indexes } = period
  if (grain === 'week') throw refused('period.grain', 'ACADEMIC_YEAR, TERM or HALF_TERM')
  if (years.length !== 1) throw refused('period.academicYears', 'exactly one')
  if (grain !== 'year' && indexes?.length !== 1) throw refused('period.index', 'exactly one')
  await refuseOpenPeriod(context, authority, period)
  const all = (await context.directory.schools(whole)).map(({ urn }) => urn)
  const schools = args.school == null ? all : all.filter((urn) => urn === args.school)
  return {
    scope,
    ...(args.school != null && { school: args.school }),
    all: { scope: whole, schools: all },
    period,
    query: {
      ...{ authority, schools, grain, signal: context.signal },
      period: grain === 'year' ? years[0]! : years[0]! * 100 + indexes![0]!,
    },
  }
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
