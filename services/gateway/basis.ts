import { createHash } from 'node:crypto'
import { narrow } from '@cairn/access'
import { mondayOfWeek, weekIndex } from '@cairn/mtss'
import type { GraphQLField, GraphQLOutputType, GraphQLResolveInfo } from 'graphql'
import {
  Ctx,
  Field,
  FieldResolver,
  Float,
  Info,
  type MiddlewareFn,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import type { GatewayContext } from './context.ts'
import { workedOutUpTo } from './figures/answer.ts'
import { timeIdentifier, timePeriod } from './figures/periods.ts'
import { isShown, published } from './figures/published.ts'
import { readQuestion } from './figures/question.ts'
import { periodOf } from './figures/resolver.ts'
import type { PeriodInput } from './figures/types.ts'
import { Shown } from './support/shown.ts'

@ObjectType({ description: 'What a figure of support or tiers rests on.' })
export class Basis {
  /** Read where it is asked for alone: it is a question of its own. */
  rate!: () => Promise<number | null>

  @Field(() => String, {
    description:
      'Of the question, and the instrument behind it. It moves whenever the words that define the question do.',
  })
  definitionId!: string

  @Field(() => String, { description: 'Days that it is about, in words.' })
  window!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Everything accepted before this time (ISO 8601, UTC) is in it; null where that is not known yet.',
  })
  asOf!: string | null
}

@Resolver(() => Basis)
export class ResponseRateResolver {
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'Of figures from an instrument: pupils on roll with a check-in in the period, in per cent, as figures tells it; null beside what is held back.',
  })
  responseRate(@Root() { rate }: Basis): Promise<number | null> {
    return rate()
  }
}

/** Arguments that say what a question of support or tiers is about. */
interface QuestionArgs {
  readonly authority?: number | null
  readonly school?: number | null
  readonly instrument?: string
  readonly period?: PeriodInput
  readonly week?: string
  readonly later?: string
  readonly from?: string
  readonly to?: string
}

interface Asked {
  readonly field: string
  readonly args: QuestionArgs
  basis?: Promise<Basis>
}

/** By operation and by the name that a question has in it: figures do not know what they answer. */
const questions = new WeakMap<GatewayContext, Map<string | number, Asked>>()

/** Stands before every question whose figures say what they rest on. */
export const tellsBasis: MiddlewareFn<GatewayContext> = ({ args, context, info }, next) => {
  const asked = questions.get(context) ?? new Map<string | number, Asked>()
  questions.set(context, asked.set(info.path.key, { field: info.fieldName, args }))
  return next()
}

@Resolver(() => Shown)
export class BasisResolver {
  @FieldResolver(() => Basis, { description: 'What it rests on.' })
  async basis(
    @Root() figure: Shown,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Basis> {
    let { path } = info
    while (path.prev) path = path.prev
    const asked = questions.get(context)!.get(path.key)!
    asked.basis ??= basisOf(context, asked, info)
    const basis = await asked.basis
    return figure.status === 'OK' ? basis : { ...basis, rate: async () => null }
  }
}

async function basisOf(
  context: GatewayContext,
  { field, args }: Asked,
  info: GraphQLResolveInfo,
): Promise<Basis> {
  const own = narrow(context.scope, args.authority == null ? {} : { authorities: [args.authority] })
  const isOfTiers = args.period === undefined
  const definition = info.schema.getQueryType()!.getFields()[field]!
  let rate: Promise<number | null> | undefined
  return {
    definitionId: definitionOf(definition, args),
    window: windowOf(args),
    asOf: await workedOutUpTo(context, own, (at) => isOfTiers && at.tiered < at.drained),
    rate() {
      rate ??= responseRateOf(context, args, own.authorities)
      return rate
    },
  }
}

/** By what the schema says of the question, its arguments and its answer. */
function definitionOf(
  { name, description, args, type }: GraphQLField<unknown, unknown>,
  { instrument }: QuestionArgs,
): string {
  let answer: GraphQLOutputType = type
  while ('ofType' in answer) answer = answer.ofType
  const parts = [...args, ...('getFields' in answer ? Object.values(answer.getFields()) : [])]
  const words = [description, ...parts.map((part) => `${part.name} ${part.type} ${part.description}`)]
  const id = `${name}@${createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 8)}`
  return instrument === undefined ? id : `${id} / ${instrument}`
}

function windowOf({ period, week, later, from, to }: QuestionArgs): string {
  if (period) {
    const { grain, years, indexes = [] } = periodOf(period)
    const year = timePeriod(years[0]!)
    return `${timeIdentifier(grain, grain === 'year' ? years[0]! : indexes[0]!)} ${year}`
  }
  if (week === undefined) return `${from} to ${to}`
  const monday = (day: string) => mondayOfWeek(weekIndex(day))
  return later === undefined
    ? `as at the end of the week of ${monday(week)}`
    : `weeks of ${monday(week)} to ${monday(later)}`
}

/** The one that stands beside released or own figures of check-ins: it tells nothing that they do not. */
async function responseRateOf(
  context: GatewayContext,
  { instrument, period, school }: QuestionArgs,
  authorities: readonly number[],
): Promise<number | null> {
  if (instrument === undefined || period === undefined) return null
  const question = readQuestion('check_in_response_rate', ['authority'], periodOf(period), {
    authorities,
    ...(school != null && { schools: [school] }),
    values: new Map(),
  })
  const { rows } = await published(context, question)
  return rows.length === 1 && isShown(rows[0]) ? rows[0].value : null
}
