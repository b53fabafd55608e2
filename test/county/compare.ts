import { operatorScope } from '@cairn/access/operator'
import { type StoredMetric, storedMetrics } from '@cairn/metrics'
import type { SimulationTruth } from '@cairn/simulation'
import { readCells, readRoll, readTierTable, type Warehouse } from '@cairn/warehouse'
import type { Oracle } from './oracle.ts'

/** How many values were compared, how many differ, and the first of these. */
export interface Compared {
  values: number
  wrong: number
  readonly examples: string[]
}

export const nothingCompared = (): Compared => ({ values: 0, wrong: 0, examples: [] })

export function check(compared: Compared, what: string, have: unknown, want: unknown): void {
  compared.values++
  if (have === want) return
  compared.wrong++
  if (compared.examples.length < 5) compared.examples.push(`${what}: has ${have}, want ${want}`)
}

/** Every pupil's stored recommendation against the plain evaluator's, and the tier mix of every school. */
export async function compareTiers(
  warehouse: Warehouse,
  authority: number,
  oracle: Oracle,
): Promise<{ recommendations: Compared; mix: Compared }> {
  const [recommendations, mix] = [nothingCompared(), nothingCompared()]
  const found = new Set<string>()
  const rows = warehouse.stream<any>({
    name: 'county_recommendations',
    sql: `SELECT domain, replaceAll(toString(pupil), '-', '') AS hex, up_to, ep_from, ep_tier, ep_rule, ep_recommended,
        ep_assigned, ep_observed, ep_policy
      FROM recommendation FINAL WHERE authority = {authority:UInt16} AND notEmpty(ep_from)`,
    params: { authority },
    timeoutMs: 600_000,
  })
  for await (const batch of rows)
    for (const r of batch) {
      const key = `${r.domain} ${r.hex}`
      found.add(key)
      const have = JSON.stringify({
        ...{ from: r.ep_from, tier: r.ep_tier, rule: r.ep_rule, recommended: r.ep_recommended },
        ...{ assigned: r.ep_assigned, observed: r.ep_observed, policy: r.ep_policy },
      })
      check(recommendations, key, `${r.up_to} ${have}`, `${oracle.present} ${oracle.rows.get(key)}`)
    }
  for (const key of oracle.rows.keys()) if (!found.has(key)) check(recommendations, key, undefined, 'a row')

  for (const domain of ['semh', 'behaviour', 'attendance'] as const) {
    const question = { authorities: [authority], domain, week: oracle.present }
    const table = await readTierTable(warehouse, operatorScope([authority]), question)
    const read = table.filter((row) => row.by === '')
    const want = [...oracle.mix].filter(([key]) => key.startsWith(`${domain} `))
    check(mix, `schools of ${authority} in ${domain}`, read.length, want.length)
    for (const { school, tiers } of read)
      check(mix, `${domain} ${school}`, String(tiers), String(oracle.mix.get(`${domain} ${school}`)))
  }
  return { recommendations, mix }
}

const metricOf = (id: string): StoredMetric => storedMetrics.find((one) => one.id === id)!

/**
 * The truth's figures against the cells, by school and half-term, read by the warehouse's readers: nothing is held back
 * from them, so every number can be compared.
 */
export async function compareTruth(
  warehouse: Warehouse,
  authorities: readonly number[],
  truth: SimulationTruth,
): Promise<Compared> {
  const compared = nothingCompared()
  const years = [...new Set(truth.halfTerms.map(({ academicYear }) => academicYear))]
  const groups = new Map(truth.halfTerms.map(({ school }) => [school, school]))
  const scope = operatorScope([...authorities])
  const cells = async (id: string, breakdown: readonly string[], values: readonly string[]) => {
    const query = { metric: metricOf(id), authorities, groups, breakdown, grain: 'half_term' as const, years }
    const sums = await readCells(warehouse, scope, query)
    const mine = sums.filter((one) => values.every((value, i) => one.values[i] === value))
    return new Map(mine.map((one) => [`${one.group} ${one.period}`, one]))
  }
  const incidents = await cells('incidents', [], [])
  const resolved = await cells('incidents_resolved', [], [])
  const pupils = await cells('pupils_with_incident', ['role'], ['perpetrator'])
  const checkins = await cells('check_ins', [], [])
  const possible = await cells('sessions_possible', [], [])
  const missed = await cells('sessions_missed', [], [])
  const unauthorised = await cells('sessions_missed', ['absence'], ['unauthorised'])
  const subscales = Object.keys(truth.halfTerms[0]?.means ?? {})
  const means = new Map<string, Awaited<ReturnType<typeof cells>>>()
  for (const subscale of subscales)
    means.set(
      subscale,
      await cells('wellbeing_score', ['instrument', 'subscale'], ['resilience-wheel@2', subscale]),
    )
  for (const row of truth.halfTerms) {
    const key = `${row.school} ${row.academicYear * 100 + row.halfTerm}`
    check(compared, `incidents ${key}`, incidents.get(key)?.n ?? 0, row.incidents)
    check(compared, `incidents resolved ${key}`, resolved.get(key)?.n ?? 0, row.resolved)
    check(compared, `pupils with an incident ${key}`, pupils.get(key)?.n ?? 0, row.pupilsWithIncident)
    check(compared, `check-ins ${key}`, checkins.get(key)?.n ?? 0, row.checkins)
    check(compared, `sessions possible ${key}`, possible.get(key)?.n ?? 0, row.possible)
    check(compared, `sessions missed ${key}`, missed.get(key)?.n ?? 0, row.missed)
    check(compared, `unauthorised ${key}`, unauthorised.get(key)?.n ?? 0, row.unauthorised)
    for (const subscale of subscales) {
      const cell = means.get(subscale)!.get(key)
      const want = row.means[subscale]
      // Facts keep four decimals of a score.
      const same = cell && want != null ? Math.abs(cell.sx / cell.n - want) < 1e-3 : (cell?.n ?? 0) === 0
      check(compared, `mean ${subscale} ${key}`, same || cell!.sx / cell!.n, same || want)
    }
  }
  for (const year of years) {
    const census = truth.rolls.filter(({ censusDate }) => academicYear(censusDate) === year)
    const counts = census.some((one) => one.census === 'spring') ? 'spring' : 'autumn'
    const roll = await readRoll(warehouse, scope, {
      ...{ metric: metricOf('headcount'), authorities, groups, breakdown: [], years: [year] },
    })
    const have = new Map(roll.map(({ school, counts: [total] }) => [String(school), total?.n]))
    for (const { schools } of census.filter((one) => one.census === counts))
      for (const [school, headcount] of Object.entries(schools))
        check(compared, `roll of ${school} in ${year}`, have.get(school), headcount)
  }
  return compared
}

const academicYear = (date: string) => Number(date.slice(0, 4)) - (date.slice(5, 7) < '08' ? 1 : 0)
