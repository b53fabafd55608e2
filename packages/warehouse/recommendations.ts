import type { EventsOfPupil } from '@cairn/mtss'
import type { Warehouse } from './client.ts'
import type { Rows } from './pipeline.ts'
import { weekSql } from './present.ts'
import { type Undrained, undrainedCondition } from './recompute.ts'
import { noId } from './schema.ts'

/** What must be worked out: pupils with something beyond the mark, and every pupil of these authorities. */
export interface DirtyPupils {
  readonly marks: readonly Undrained[]
  readonly whole: readonly number[]
}

const dirtySql = ({ marks, whole }: DirtyPupils): string =>
  `SELECT DISTINCT authority, pupil FROM evidence WHERE (${undrainedCondition(marks)})${
    whole.length > 0 ? ` OR authority IN (${whole.map(Number).join(',')})` : ''
  }`

/** Authorities with evidence beyond the marks. */
export async function authoritiesWithEvidence(w: Warehouse, marks: readonly Undrained[]): Promise<number[]> {
  const rows = await w.query<{ authority: number }>({
    name: 'tiers_authorities',
    sql: `SELECT DISTINCT authority FROM evidence WHERE ${undrainedCondition(marks)}`,
    timeoutMs: 60_000,
  })
  return rows.map((row) => row.authority)
}

/** How far an authority's recommendations have come, in each domain. */
export interface Standing {
  readonly authority: number
  readonly domain: string
  /** Least and greatest: equal unless something stopped halfway. */
  readonly upTo: readonly [number, number]
  readonly policy: readonly [string, string]
}

/** Where rows stand that a pupil's evidence made; emptied ones say nothing. */
export async function standingRecommendations(
  w: Warehouse,
  authorities: readonly number[],
): Promise<Standing[]> {
  if (authorities.length === 0) return []
  const rows = await w.query<{ authority: number; domain: string; u: [number, number]; p: [string, string] }>(
    {
      name: 'tiers_standing',
      sql: `SELECT authority, domain, [min(up_to), max(up_to)] AS u, [toString(min(policy)), toString(max(policy))] AS p
      FROM recommendation FINAL WHERE authority IN {authorities:Array(UInt16)} AND notEmpty(ep_from)
      GROUP BY authority, domain`,
      params: { authorities: [...authorities] },
      timeoutMs: 60_000,
    },
  )
  return rows.map(({ authority, domain, u, p }) => ({ authority, domain, upTo: u, policy: p }))
}

/**
 * One pupil's evidence in its total order (day, identity; the engine compares the second half of a UUID first), in
 * parallel arrays; empty for a pupil who has none left.
 */
export interface EvidenceLine extends EventsOfPupil {
  readonly authority: number
  readonly pupil: string
  readonly school: number[]
  /** JSON; of snapshots. */
  readonly context: string[]
}

export interface EvidenceOfDirty {
  /** Instrument and scored subscales of a check-in, by spaces. */
  readonly forms: readonly string[]
  readonly lines: AsyncIterable<EvidenceLine[]>
}

/**
 * A part of the dirty pupils: all that lie in this stretch of the table's order, so that a share reads granules of its
 * own (by hash, eight shares read everything five times). An end that is absent is open.
 */
export interface Share {
  readonly from?: PupilKey
  /** The first that is no longer part of it. */
  readonly to?: PupilKey
}

interface PupilKey {
  readonly authority: number
  readonly pupil: string
}

/** Shares of about so many dirty pupils; they cover every pupil there may come to be. None where nobody is dirty. */
export async function sharesOf(w: Warehouse, dirty: DirtyPupils, pupilsAtOnce: number): Promise<Share[]> {
  const starts = await w.query<PupilKey>({
    name: 'tiers_shares',
    sql: `SELECT authority, pupil FROM (
        SELECT authority, pupil, row_number() OVER (ORDER BY authority, pupil) - 1 AS place FROM (${dirtySql(dirty)}))
      WHERE place % {pupilsAtOnce:UInt32} = 0 ORDER BY authority, pupil`,
    params: { pupilsAtOnce },
    timeoutMs: 120_000,
  })
  return starts.map((from, i) => ({
    ...(i > 0 ? { from } : {}),
    ...(starts[i + 1] ? { to: starts[i + 1] } : {}),
  }))
}

/** Evidence of a share of the dirty pupils. `emptied: false` leaves those out who have none left: for tests alone. */
export async function evidenceOfDirty(
  w: Warehouse,
  dirty: DirtyPupils,
  { from, to }: Share,
  { emptied = true } = {},
): Promise<EvidenceOfDirty> {
  const mine = `SELECT authority, pupil FROM (${dirtySql(dirty)})
    WHERE true ${from ? 'AND (authority, pupil) >= ({fromAuthority:UInt16}, {fromPupil:UUID})' : ''}
      ${to ? 'AND (authority, pupil) < ({toAuthority:UInt16}, {toPupil:UUID})' : ''}`
  const params = {
    ...(from ? { fromAuthority: from.authority, fromPupil: from.pupil } : {}),
    ...(to ? { toAuthority: to.authority, toPupil: to.pupil } : {}),
  }
  const [found] = await w.query<{ forms: string[] }>({
    name: 'tiers_forms',
    sql: `SELECT groupUniqArrayIf(form, kind = 0) AS forms FROM evidence WHERE (authority, pupil) IN (${mine})`,
    params,
    timeoutMs: 120_000,
  })
  const forms = found?.forms ?? []
  const lines = w.stream<EvidenceLine>({
    name: 'tiers_evidence',
    sql: evidenceSql(mine, emptied),
    params: { ...params, forms: [...forms], places: forms.map((_, i) => i) },
    timeoutMs: 600_000,
  })
  return { forms, lines }
}

const fields = [
  ...['day', 'id', 'school', 'kind', 'domains', 'source', 'form_id', 'scores', 'bands', 'severity', 'tier'],
  ...['attended', 'possible', 'context'],
]

/** An evidence row of kind 255 stands for nothing: with it, a pupil whose evidence is all gone has a line as well. */
const evidenceSql = (pupils: string, emptied: boolean): string => `
  SELECT authority, pupil, arrayMap(d -> ${weekSql('d')}, e.1) AS week,
    ${fields.map((name, i) => (i < 2 ? '' : `e.${i + 1} AS ${name.replace('_id', '')}`)).filter(Boolean)}
  FROM (
    SELECT authority, pupil, arraySort(groupArrayIf((${fields.join(', ')}), kind != 255)) AS e
    FROM (
      SELECT authority, pupil, day, id, school, kind, domains, source,
        toUInt16(transform(form, {forms:Array(String)}, {places:Array(UInt16)}, toUInt16(0))) AS form_id,
        scores, bands, severity, tier, attended, possible, context
      FROM evidence FINAL WHERE (authority, pupil) IN (${pupils})
      ${
        emptied
          ? `UNION ALL SELECT authority, pupil, toDate(0), toUUID('${noId}'), 0, 255, 0, 0, 0, [], [], 0, 0, 0, 0, '' FROM (${pupils})`
          : ''
      }
    )
    GROUP BY authority, pupil
  )`

/** Evidence of one pupil; undefined where there is none. The caller answers for who may see it. */
export async function evidenceOfPupil(
  w: Warehouse,
  authority: number,
  pupil: string,
  signal?: AbortSignal,
): Promise<{ forms: readonly string[]; line: EvidenceLine } | undefined> {
  const mine = 'SELECT {authority:UInt16} AS authority, {pupil:UUID} AS pupil'
  const call = { authorities: [authority], ...(signal && { signal }) }
  const [found] = await w.query<{ forms: string[] }>({
    name: 'pupil_forms',
    sql: `SELECT groupUniqArrayIf(form, kind = 0) AS forms FROM evidence WHERE (authority, pupil) IN (${mine})`,
    params: { authority, pupil },
    ...call,
  })
  const forms = found?.forms ?? []
  const [line] = await w.query<EvidenceLine>({
    name: 'pupil_evidence',
    sql: evidenceSql(mine, false),
    params: { authority, pupil, forms, places: forms.map((_, i) => i) },
    ...call,
  })
  return line && { forms, line }
}

export const recommendationColumns = [
  ...['authority', 'domain', 'pupil', 'gen', 'up_to', 'policy', 'ep_from', 'ep_tier', 'ep_rule'],
  ...[
    'ep_recommended',
    'ep_assigned',
    'ep_observed',
    'ep_policy',
    'cx_from',
    'cx_school',
    'cx_nc_year',
    'cx_sex',
  ],
  ...['cx_sen', 'cx_ethnicity', 'cx_fsm'],
] as const

export async function insertRecommendations(w: Warehouse, rows: Rows): Promise<void> {
  const insert = { name: 'recommendations', table: 'recommendation', columns: recommendationColumns }
  if (rows.length > 0) await w.insert({ ...insert, rows })
}
