import type { Scope } from '@cairn/access'
import { interventionDelivery, planProgress } from '@cairn/metrics'
import type { Warehouse } from './client.ts'
import { here, inPeriod, type SupportQuery, schoolOf, scopedTo, tierChanges } from './support.ts'

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
  /** An intervention was going on already on the day of the first check-in with high need. */
  readonly already: boolean
  /** Days from that check-in to the first intervention that began then or later; null where none has. */
  readonly waited: number | null
  /** Days from that check-in to `asOf`. */
  readonly observed: number
  readonly pupils: number
}

const interventionsSql = `
  SELECT f.pupil AS pupil, f.began AS began, d.ended_on AS ended
  FROM (SELECT id, pupils[1] AS pupil, day AS began FROM fact_intervention FINAL WHERE ${here} AND day <= {asOf:Date}) AS f
  LEFT JOIN (${interventionDelivery.sql(`SELECT authority, id FROM fact_intervention WHERE ${here}`)}) AS d ON d.ref = f.id`

/** Of one subscale's score. Asked of the arrays as they stand: unrolled they are six rows a check-in. */
const isHigh = `has({subscales:Array(String)}, subscale)
  AND multiIf({severities:Array(UInt8)}[indexOf({subscales:Array(String)}, subscale)] > 0,
    band >= {severities:Array(UInt8)}[indexOf({subscales:Array(String)}, subscale)],
    {lows:Array(UInt8)}[indexOf({subscales:Array(String)}, subscale)] = 1,
    score <= {cutOffs:Array(Float64)}[indexOf({subscales:Array(String)}, subscale)],
    score >= {cutOffs:Array(Float64)}[indexOf({subscales:Array(String)}, subscale)])`

const waitsSql = (query: SupportQuery): string => `
  SELECT ${schoolOf(query, 'first_school')} AS unit, already, waited, dateDiff('day', high, {asOf:Date}) AS observed, count() AS pupils
  FROM (
    SELECT h.pupil AS pupil, any(h.first_school) AS first_school, any(h.high) AS high, countIf(i.began > '1970-01-01' AND i.began < h.high
        AND (i.ended = '1970-01-01' OR i.ended >= h.high)) > 0 AS already,
      if(countIf(i.began >= h.high) > 0, dateDiff('day', any(h.high), minIf(i.began, i.began >= h.high)), -1) AS waited
    FROM (
      SELECT pupils[1] AS pupil, min(day) AS high, argMin(school, (day, off)) AS first_school
      FROM fact_checkin FINAL
      WHERE ${here} AND ${inPeriod(query.grain)} AND instrument = {instrument:String} AND day <= {asOf:Date}
        AND arrayExists((subscale, score, band) -> ${isHigh}, subscales, scores, arrayResize(severity, length(subscales), -1))
      GROUP BY pupil
    ) AS h
    LEFT JOIN (${interventionsSql}) AS i ON i.pupil = h.pupil
    GROUP BY pupil
  )
  GROUP BY unit, already, waited, observed ORDER BY unit, already, waited, observed`

/**
 * How long pupils waited for an intervention after their first check-in of the period with high need, within the
 * reader's scope.
 */
export async function readWaits(warehouse: Warehouse, scope: Scope, query: NeedQuery): Promise<Waits[]> {
  const params = scopedTo(scope, query)
  if (!params || query.highNeed.length === 0) return []
  const rows = await warehouse.query<{
    unit: number
    already: number
    waited: string
    observed: string
    pupils: string
  }>({
    name: 'support_waits',
    authorities: scope.authorities,
    sql: waitsSql(query),
    params: {
      ...params,
      instrument: query.instrument,
      asOf: query.asOf,
      subscales: query.highNeed.map((need) => need.subscale),
      cutOffs: query.highNeed.map((need) => need.cutOff),
      severities: query.highNeed.map((need) => need.severity),
      lows: query.highNeed.map((need) => (need.lowIsHighNeed ? 1 : 0)),
    },
    ...(query.signal && { signal: query.signal }),
  })
  return rows.map((row) => ({
    ...(query.bySchool && { school: row.unit }),
    already: row.already > 0,
    waited: Number(row.waited) < 0 ? null : Number(row.waited),
    observed: Number(row.observed),
    pupils: Number(row.pupils),
  }))
}

/** Plans of one domain. */
export interface PlanCounts {
  /** Of the plans, and where pupils were last assigned a tier, if read by school. */
  readonly school?: number
  readonly domain: string
  /** Plans that began in the period and whose first review was due before `asOf`. */
  readonly due: number
  /** Of these, those that were reviewed by that day. */
  readonly onTime: number
  /** Plans that are live at the end of `asOf`, whenever they began. */
  readonly live: number
  /** Of these, those of which no review is overdue. */
  readonly upToDate: number
  /** Pupils whom a person last assigned tier 2 or 3. */
  readonly tiered: number
  /** Of these, those with a live plan of the domain. */
  readonly planned: number
}

const plansSql = (grain: SupportQuery['grain']): string => `
  SELECT f.school AS school, f.domain AS domain, f.pupil AS pupil, f.in_period AS in_period, f.review_due AS review_due, p.first_review AS first_review,
    f.day <= {asOf:Date} AND (p.closed_on = '1970-01-01' OR p.closed_on >= {asOf:Date}) AS live,
    if(r.last_review > '1970-01-01', r.next_due, f.review_due) AS next_due
  FROM (
    SELECT id, school, domain, pupils[1] AS pupil, day, review_due, ${inPeriod(grain)} AS in_period FROM fact_plan FINAL WHERE ${here}
  ) AS f
  LEFT JOIN (${planProgress.sql(`SELECT authority, id FROM fact_plan WHERE ${here}`)}) AS p ON p.ref = f.id
  LEFT JOIN (
    SELECT ref, max(day) AS last_review, argMax(next_due, (day, off)) AS next_due FROM fact_plan_review FINAL
    WHERE (authority, ref) IN (SELECT authority, id FROM fact_plan WHERE ${here}) AND day <= {asOf:Date} GROUP BY ref
  ) AS r ON r.ref = f.id`

const complianceSql = (query: SupportQuery): string => `
  SELECT domain, unit, sum(due) AS all_due, sum(on_time) AS all_on_time, sum(lives) AS all_live,
    sum(up_to_date) AS all_up_to_date, sum(tiered) AS all_tiered, sum(planned) AS all_planned
  FROM (
    SELECT domain, ${schoolOf(query, 'school')} AS unit, countIf(in_period AND review_due < {asOf:Date}) AS due,
      countIf(in_period AND review_due < {asOf:Date} AND first_review > '1970-01-01' AND first_review <= review_due) AS on_time,
      countIf(live) AS lives, countIf(live AND (next_due = '1970-01-01' OR next_due >= {asOf:Date})) AS up_to_date,
      0 AS tiered, 0 AS planned
    FROM (${plansSql(query.grain)}) GROUP BY domain, unit
    UNION ALL
    SELECT domain, ${schoolOf(query, 'last_school')} AS unit, 0, 0, 0, 0, count() AS tiered,
      countIf((domain, pupil) IN (SELECT domain, pupil FROM (${plansSql(query.grain)}) WHERE live)) AS planned
    FROM (
      SELECT domain, pupil, argMax(tier, (day, off)) AS last, argMax(school, (day, off)) AS last_school FROM (${tierChanges}) WHERE day <= {asOf:Date} GROUP BY domain, pupil
    )
    WHERE last >= 2 GROUP BY domain, unit
  )
  GROUP BY domain, unit ORDER BY domain, unit`

/** Plans, their reviews, and pupils who should have one, by domain, within the reader's scope. */
export async function readPlanCompliance(
  warehouse: Warehouse,
  scope: Scope,
  query: SupportQuery & { readonly asOf: string },
): Promise<PlanCounts[]> {
  const params = scopedTo(scope, query)
  if (!params) return []
  const rows = await warehouse.query<Record<string, string>>({
    name: 'plan_compliance',
    authorities: scope.authorities,
    sql: complianceSql(query),
    params: { ...params, asOf: query.asOf },
    ...(query.signal && { signal: query.signal }),
  })
  return rows.map((row) => ({
    ...(query.bySchool && { school: Number(row.unit) }),
    domain: row.domain!,
    due: Number(row.all_due),
    onTime: Number(row.all_on_time),
    live: Number(row.all_live),
    upToDate: Number(row.all_up_to_date),
    tiered: Number(row.all_tiered),
    planned: Number(row.all_planned),
  }))
}
