import type { Scope } from '@cairn/access'
import { withValue } from './characteristics.ts'
import type { Params, Warehouse } from './client.ts'
import { here, inPeriod, type SupportQuery, schoolOf, scopedTo } from './support.ts'

/** From which score on a subscale's need is high. */
export interface HighNeed {
  readonly subscale: string
  /** From this severity of its band on, whatever the score; 0: by the cut-off. */
  readonly severity: number
  readonly cutOff: number
  /** Whether scores at the cut-off and below are high need (a strength), or at it and above (a difficulty). */
  readonly lowIsHighNeed: boolean
}

export interface NeedQuery extends SupportQuery {
  readonly instrument: string
  readonly highNeed: readonly HighNeed[]
  /** ISO date; what lies after it is not known yet. */
  readonly asOf: string
}

/** Pupils by how long they waited. */
export interface Waits {
  /** Where they first had high need, if read by school. */
  readonly school?: number
  /** Of the characteristic asked for, on the day of the first check-in with high need; absent without one. */
  readonly value?: string
  /** An intervention was going on already on the day of the first check-in with high need. */
  readonly already: boolean
  /** Days from that check-in to the first intervention that began then or later; null where none has. */
  readonly waited: number | null
  /** Days from that check-in to `asOf`. */
  readonly observed: number
  readonly pupils: number
}

/** Not by what was delivered of them: only when they ended is asked. */
const interventionsSql = `
  SELECT f.pupil AS pupil, f.began AS began, e.ended AS ended
  FROM (SELECT id, pupils[1] AS pupil, day AS began FROM fact_intervention FINAL WHERE ${here} AND day <= {asOf:Date}) AS f
  LEFT JOIN (
    SELECT ref, max(day) AS ended FROM fact_intervention_end FINAL
    WHERE authority = {authority:UInt16} AND ref IN (SELECT id FROM fact_intervention WHERE ${here}) GROUP BY ref
  ) AS e ON e.ref = f.id`

/** A kind of high need: the array that it looks at, how, and where nothing is set, from which value on no score has it. */
const needs = {
  band: { of: 'arrayResize(severity, length(subscales), -1)', is: '>=', never: '127' },
  low: { of: 'scores', is: '<=', never: '-1e300' },
  high: { of: 'scores', is: '>=', never: '1e300' },
} as const
const kindOf = ({ severity, lowIsHighNeed }: HighNeed): keyof typeof needs =>
  severity > 0 ? 'band' : lowIsHighNeed ? 'low' : 'high'

/**
 * Whether a check-in has high need, asked of its arrays as they stand, by one look-up for each score: a condition that
 * looked each of its parts up took nine tenths of the time. Only kinds that are asked for: each reads a column.
 */
function isHigh(all: readonly HighNeed[]): { sql: string; params: Params } {
  const kinds = [...new Set(all.map(kindOf))]
  const own = (kind: keyof typeof needs) => all.filter((need) => kindOf(need) === kind)
  const one = (kind: keyof typeof needs) => {
    const { of, is, never } = needs[kind]
    const from = `transform(subscale, {${kind}_scales:Array(String)}, {${kind}_limits:Array(Float64)}, toFloat64(${never}))`
    return `arrayExists((subscale, x) -> x ${is} ${from}, subscales, ${of})`
  }
  return {
    sql: `(${kinds.map(one).join(' OR ')})`,
    params: Object.fromEntries(
      kinds.flatMap((kind) => [
        [`${kind}_scales`, own(kind).map(({ subscale }) => subscale)],
        [`${kind}_limits`, own(kind).map(({ severity, cutOff }) => (kind === 'band' ? severity : cutOff))],
      ]),
    ),
  }
}

/** Of each pupil the first check-in of the period with high need. */
const highSql = (query: SupportQuery, isHigh: string): string => `
  SELECT {authority:UInt16} AS authority, who, high AS day, first_school
  FROM (
    SELECT pupils[1] AS who, min(day) AS high, argMin(school, (day, off)) AS first_school
    FROM fact_checkin FINAL
    WHERE ${here} AND ${inPeriod(query.grain)} AND instrument = {instrument:String} AND day <= {asOf:Date}
      AND ${isHigh}
    GROUP BY who
  )`

const waitsSql = (query: SupportQuery, isHigh: string): string => `
  SELECT ${schoolOf(query, 'first_school')} AS unit, value, already, waited, dateDiff('day', high, {asOf:Date}) AS observed, count() AS pupils
  FROM (
    SELECT h.who AS pupil, any(h.value) AS value, any(h.first_school) AS first_school, any(h.day) AS high, countIf(i.began > '1970-01-01' AND i.began < h.day
        AND (i.ended = '1970-01-01' OR i.ended >= h.day)) > 0 AS already,
      if(countIf(i.began >= h.day) > 0, dateDiff('day', any(h.day), minIf(i.began, i.began >= h.day)), -1) AS waited
    FROM (${withValue(highSql(query, isHigh), query.pupilsBy)}) AS h
    LEFT JOIN (${interventionsSql}) AS i ON i.pupil = h.who
    GROUP BY pupil
  )
  GROUP BY unit, value, already, waited, observed ORDER BY unit, value, already, waited, observed`

/**
 * How long pupils waited for an intervention after their first check-in of the period with high need, within the
 * reader's scope.
 */
export async function readWaits(warehouse: Warehouse, scope: Scope, query: NeedQuery): Promise<Waits[]> {
  const params = scopedTo(scope, query)
  if (!params || query.highNeed.length === 0) return []
  const high = isHigh(query.highNeed)
  const rows = await warehouse.query<{
    unit: number
    value: string
    already: number
    waited: string
    observed: string
    pupils: string
  }>({
    name: 'support_waits',
    authorities: scope.authorities,
    sql: waitsSql(query, high.sql),
    params: { ...params, ...high.params, instrument: query.instrument, asOf: query.asOf },
    ...(query.signal && { signal: query.signal }),
  })
  return rows.map((row) => ({
    ...(query.bySchool && { school: row.unit }),
    ...(query.pupilsBy && { value: row.value }),
    already: row.already > 0,
    waited: Number(row.waited) < 0 ? null : Number(row.waited),
    observed: Number(row.observed),
    pupils: Number(row.pupils),
  }))
}
