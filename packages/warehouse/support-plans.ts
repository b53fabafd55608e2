import type { Scope } from '@cairn/access'
import { planProgress } from '@cairn/metrics'
import { withValue } from './characteristics.ts'
import type { Warehouse } from './client.ts'
import { here, inPeriod, type SupportQuery, schoolOf, scopedTo, tierChanges } from './support.ts'

/** Plans of one domain. */
export interface PlanCounts {
  /** Of the plans, and where pupils were last assigned a tier, if read by school. */
  readonly school?: number
  /** Of the characteristic asked for: on the day of the plan, and of the assignment to the tier; absent without one. */
  readonly value?: string
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
  SELECT {authority:UInt16} AS authority, f.school AS school, f.domain AS domain, f.pupil AS who, f.day AS day, f.in_period AS in_period, f.review_due AS review_due, p.first_review AS first_review,
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

/** The last tier of each pupil and domain that a person gave it, 2 or 3. */
const tieredSql = `
  SELECT {authority:UInt16} AS authority, domain, who, last_day AS day, last_school
  FROM (
    SELECT domain, pupil AS who, argMax(tier, (day, off)) AS last, max(day) AS last_day, argMax(school, (day, off)) AS last_school
    FROM (${tierChanges}) WHERE day <= {asOf:Date} GROUP BY domain, who
  )
  WHERE last >= 2`

const complianceSql = (query: SupportQuery): string => `
  SELECT domain, unit, value, sum(due) AS all_due, sum(on_time) AS all_on_time, sum(lives) AS all_live,
    sum(up_to_date) AS all_up_to_date, sum(tiered) AS all_tiered, sum(planned) AS all_planned
  FROM (
    SELECT domain, ${schoolOf(query, 'school')} AS unit, value, countIf(in_period AND review_due < {asOf:Date}) AS due,
      countIf(in_period AND review_due < {asOf:Date} AND first_review > '1970-01-01' AND first_review <= review_due) AS on_time,
      countIf(live) AS lives, countIf(live AND (next_due = '1970-01-01' OR next_due >= {asOf:Date})) AS up_to_date,
      0 AS tiered, 0 AS planned
    FROM (${withValue(plansSql(query.grain), query.pupilsBy)}) GROUP BY domain, unit, value
    UNION ALL
    SELECT domain, ${schoolOf(query, 'last_school')} AS unit, value, 0, 0, 0, 0, count() AS tiered,
      countIf((domain, who) IN (SELECT domain, who FROM (${plansSql(query.grain)}) WHERE live)) AS planned
    FROM (${withValue(tieredSql, query.pupilsBy)}) GROUP BY domain, unit, value
  )
  GROUP BY domain, unit, value ORDER BY domain, unit, value`

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
    ...(query.pupilsBy && { value: row.value! }),
    domain: row.domain!,
    due: Number(row.all_due),
    onTime: Number(row.all_on_time),
    live: Number(row.all_live),
    upToDate: Number(row.all_up_to_date),
    tiered: Number(row.all_tiered),
    planned: Number(row.all_planned),
  }))
}
