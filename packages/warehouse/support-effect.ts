import type { Scope } from '@cairn/access'
import { fidelityBar, interventionDelivery } from '@cairn/metrics'
import { withValue } from './characteristics.ts'
import type { Warehouse } from './client.ts'
import { here, inPeriod, type SupportQuery, schoolOf, scopedTo, tierChanges } from './support.ts'

/** What effects are told apart by, and its column. */
export const effectKinds = {
  type: 'type',
  approach: 'approach',
  technique: 'technique',
  target_domain: 'target_domain',
  ecological_level: 'level',
} as const
export type EffectKind = keyof typeof effectKinds

export interface EffectQuery extends SupportQuery {
  readonly by: EffectKind
  /** `id@version`: scores before and after are of the same definition. */
  readonly instrument: string
  readonly informant: string
  /** How long before the first day, and after the last, a score may lie. */
  readonly windowWeeks: number
  /** By subscale: those that are not named have no row. */
  readonly scales: readonly ScaleReliability[]
}

/** From which change on a subscale's scores have changed reliably. */
export interface ScaleReliability {
  readonly subscale: string
  /** A change beyond this times the standard deviation is reliable. */
  readonly reliableFactor: number
  /** Of the measure's norms; 0: of the scores before of all that is read, told apart or not, so that parts add up. */
  readonly sd: number
}

/** Sums over pupils, one intervention of the kind each. No pupil leaves the engine. */
export interface EffectSums {
  /** That sent the intervention, if read by school. */
  readonly school?: number
  readonly kind: string
  readonly subscale: string
  /** Of the characteristic asked for, on the first day of the intervention; absent without one. */
  readonly value?: string
  /** Pupils with a score before and one after. */
  readonly n: number
  readonly before: { readonly mean: number; readonly sd: number }
  readonly after: { readonly mean: number; readonly sd: number }
  /** NaN where one side does not vary. */
  readonly correlation: number
  /** Pupils whose score rose, or fell, by more than what is reliable. */
  readonly rose: number
  readonly fell: number
  /** Pupils who were at tier 2 or 3 of some domain when it began. */
  readonly selected: number
  /** Mean over pupils of the lower of the two shares: sessions and minutes delivered of those planned. */
  readonly fidelity: number
  /** Pupils under the bar. */
  readonly lowFidelity: number
}

/** The first intervention of each kind that a pupil (`who`) began in the period on `day`, where it has ended. */
const endedSql = (by: EffectKind, grain: SupportQuery['grain']): string => {
  const began = `FROM fact_intervention FINAL WHERE ${here} AND ${inPeriod(grain)}`
  return `
    SELECT {authority:UInt16} AS authority, f.school AS school, f.kind AS kind, f.who AS who, f.began AS day, d.ended_on AS ended,
      least(length(d.session_minutes) / f.planned_sessions, arraySum(d.session_minutes) / f.planned_minutes) AS fidelity
    FROM (
      SELECT id, off, school, ${effectKinds[by]} AS kind, pupils[1] AS who, day AS began, planned_sessions, planned_minutes ${began}
      ORDER BY began, off LIMIT 1 BY kind, who
    ) AS f
    INNER JOIN (${interventionDelivery.sql(`SELECT authority, id ${began}`)}) AS d ON d.ref = f.id
    WHERE d.ended_on >= f.began`
}

const selectedSql = `
  SELECT kind, who, max(tier) AS highest FROM (
    SELECT s.kind AS kind, s.who AS who, t.domain AS domain, argMax(t.tier, (t.day, t.off)) AS tier
    FROM ended AS s INNER JOIN (${tierChanges}) AS t ON t.pupil = s.who
    WHERE t.day <= s.day GROUP BY kind, who, domain
  ) GROUP BY kind, who`

/**
 * Score before and after of each subscale. A score of the first day is one before, even where the last day is the same.
 * Check-ins that answer the same subscales are cut down to the last one before and the first one after before they are
 * unrolled: all of them, unrolled, were most of the work. `rank` grows towards the intervention on both sides of it.
 */
const pairsSql = `
  SELECT any(of_school) AS school, kind, who, any(of_value) AS value, subscale, any(delivered) AS fidelity,
    argMaxIf(score, best, is_before) AS pre, argMaxIf(score, best, NOT is_before) AS post
  FROM (
    SELECT any(s.school) AS of_school, s.kind AS kind, s.who AS who, any(s.value) AS of_value, any(s.fidelity) AS delivered, c.day <= s.day AS is_before,
      c.subscales AS subscales, argMax(c.scores, if(is_before, (toInt64(c.day), toInt64(c.off)), (-toInt64(c.day), -toInt64(c.off)))) AS scores,
      max(if(is_before, (toInt64(c.day), toInt64(c.off)), (-toInt64(c.day), -toInt64(c.off)))) AS best
    FROM (
      SELECT pupils[1] AS pupil, day, off, subscales, scores FROM fact_checkin FINAL
      WHERE ${here} AND instrument = {instrument:String} AND informant = {informant:String} AND pupils[1] IN (SELECT who FROM ended)
    ) AS c
    INNER JOIN ended AS s ON s.who = c.pupil
    WHERE (c.day <= s.day AND c.day >= s.day - 7 * {windowWeeks:UInt16})
      OR (c.day > s.day AND c.day >= s.ended AND c.day <= s.ended + 7 * {windowWeeks:UInt16})
    GROUP BY kind, who, is_before, subscales
  ) ARRAY JOIN subscales AS subscale, scores AS score
  WHERE has({scales:Array(String)}, subscale)
  GROUP BY kind, who, subscale
  HAVING countIf(is_before) > 0 AND countIf(NOT is_before) > 0`

const effectSql = (query: EffectQuery): string => `
  WITH ended AS MATERIALIZED (${withValue(endedSql(query.by, query.grain), query.pupilsBy)})
  SELECT ${schoolOf(query, 'of_school')} AS unit, kind, subscale, value, count() AS n, avg(pre) AS before_mean, stddevSampStable(pre) AS before_sd,
    avg(post) AS after_mean, stddevSampStable(post) AS after_sd, corrStable(pre, post) AS correlation,
    countIf(post - pre > reliable) AS rose, countIf(pre - post > reliable) AS fell, countIf(tier >= 2) AS selected,
    avg(fidelity) AS mean_fidelity, countIf(fidelity < ${fidelityBar}) AS low
  FROM (
    SELECT p.school AS of_school, p.kind AS kind, p.subscale AS subscale, p.value AS value, p.pre AS pre, p.post AS post, p.fidelity AS fidelity,
      t.highest AS tier, {factors:Array(Float64)}[indexOf({scales:Array(String)}, p.subscale)] * if({sds:Array(Float64)}[indexOf({scales:Array(String)}, p.subscale)] > 0,
        {sds:Array(Float64)}[indexOf({scales:Array(String)}, p.subscale)], stddevSampStable(p.pre) OVER (PARTITION BY p.kind, p.subscale)) AS reliable
    FROM (${pairsSql}) AS p
    LEFT JOIN (${selectedSql}) AS t ON t.kind = p.kind AND t.who = p.who
  )
  GROUP BY unit, kind, subscale, value ORDER BY unit, kind, subscale, value
  SETTINGS enable_materialized_cte = 1`

interface Row {
  unit: number
  kind: string
  subscale: string
  value: string
  n: string
  before_mean: number
  before_sd: number | null
  after_mean: number
  after_sd: number | null
  correlation: number | null
  rose: string
  fell: string
  selected: string
  mean_fidelity: number
  low: string
}

/**
 * Before and after of interventions that began in the period and have ended, by kind and subscale, within the reader's
 * scope: for each pupil and kind the first intervention, with the last score up to its first day and the first score
 * from its last day on.
 */
export async function readInterventionEffect(
  warehouse: Warehouse,
  scope: Scope,
  query: EffectQuery,
): Promise<EffectSums[]> {
  const params = scopedTo(scope, query)
  if (!params || query.scales.length === 0) return []
  const { instrument, informant, windowWeeks, scales } = query
  const rows = await warehouse.query<Row>({
    name: 'intervention_effect',
    authorities: scope.authorities,
    sql: effectSql(query),
    params: {
      ...{ ...params, instrument, informant, windowWeeks },
      scales: scales.map(({ subscale }) => subscale),
      factors: scales.map(({ reliableFactor }) => reliableFactor),
      sds: scales.map(({ sd }) => sd),
    },
    ...(query.signal && { signal: query.signal }),
  })
  return rows.map((row) => ({
    ...(query.bySchool && { school: row.unit }),
    kind: row.kind,
    subscale: row.subscale,
    ...(query.pupilsBy && { value: row.value }),
    n: Number(row.n),
    before: { mean: row.before_mean, sd: row.before_sd ?? Number.NaN },
    after: { mean: row.after_mean, sd: row.after_sd ?? Number.NaN },
    correlation: row.correlation ?? Number.NaN,
    rose: Number(row.rose),
    fell: Number(row.fell),
    selected: Number(row.selected),
    fidelity: row.mean_fidelity,
    lowFidelity: Number(row.low),
  }))
}
