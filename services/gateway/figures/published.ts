import type { GatewayContext } from '../context.ts'
import { answer, type Row } from './answer.ts'
import { brokenDown, metricOf, type Question } from './question.ts'

/** A figure as readers get it, with the response rate beside it. */
export interface PublishedRow extends Row {
  /**
   * In per cent, at the same place and in the same period; null where nothing is responded to. It is an exact quotient,
   * so that it is told only where its own row is shown, and beside no row that is held back.
   */
  readonly responseRate: number | null
}

export interface Published {
  readonly rows: readonly PublishedRow[]
  readonly asOf: string | null
}

/** By the facts that a metric is drawn from: how many of those asked did answer. */
const responseRates: Readonly<Record<string, string>> = { 'checkin.submitted': 'check_in_response_rate' }

/**
 * What readers may see of a question. Comparisons, trends and associations are worked out from these rows and from
 * nothing else: a number that is held back here is in no limit, rank or correlation either, since none ever had it.
 */
export async function published(context: GatewayContext, question: Question): Promise<Published> {
  const [{ rows, asOf }, rates] = await Promise.all([
    answer(context, context.scope, question, context.signal),
    responseRatesOf(context, question),
  ])
  return {
    rows: rows.map((row) => ({
      ...row,
      responseRate: isShown(row) ? (rates?.get(periodAndGroup(row)) ?? null) : null,
    })),
    asOf,
  }
}

async function responseRatesOf(
  context: GatewayContext,
  { metric, filters, everyGroup: _, ...rest }: Question,
): Promise<Map<string, number> | undefined> {
  const id = responseRates[brokenDown(metric).facts.type]
  if (id === undefined || id === metric.id) return undefined
  const question = {
    ...rest,
    metric: metricOf(id),
    breakdown: [],
    filters: { ...filters, values: new Map<string, readonly string[]>() },
  }
  const { rows } = await answer(context, context.scope, question, context.signal)
  return new Map(rows.filter(isShown).map((row) => [periodAndGroup(row), row.value]))
}

const periodAndGroup = ({ place }: Row): string => place.split('|').slice(0, 2).join('|')

/** The period of a row, as the warehouse names it. */
export const whenOf = ({ place }: Row): number => Number(place.slice(0, place.indexOf('|')))

const namesOf = (rows: readonly Row[], what: 'profile' | 'definitionId'): string =>
  [...new Set(rows.map((row) => row[what]))].sort().join(', ') || 'none'

/** Profiles that rows are under, each once. */
export const profilesOf = (rows: readonly Row[]): string => namesOf(rows, 'profile')

/** What rows are drawn from, each definition once. */
export const definitionsOf = (rows: readonly Row[]): string => namesOf(rows, 'definitionId')

/** Whether there is a number to work with. */
export const isShown = (row: Row | null | undefined): row is Row & { readonly value: number } =>
  row?.status === 'OK' && row.value !== null
