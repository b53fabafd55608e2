import type { Warehouse } from './client.ts'
import { evidenceFacts, insertEvidenceTombstones } from './evidence.ts'
import { type Identity, insertTombstones } from './pipeline.ts'
import { type Undrained, undrainedCondition } from './recompute.ts'
import { noId, noWeek } from './schema.ts'

type Slice = readonly [fact: string, school: number, week: string]

interface Standing {
  readonly authority: number
  readonly id: string
  /** Version of the winner. */
  readonly wv: string
  /** Where the winner stands; school 0 where it stands nowhere (a retraction, an erasure). */
  readonly ws: Slice
  /** Offset of the newest record of the identity: what makes the old slices dirty. */
  readonly mo: string
  readonly slices: readonly Slice[]
  /** What it followed, in any version. */
  readonly refs: readonly string[]
  /** Pupils that some version named and the winner does not: their evidence is no more. */
  readonly former: readonly string[]
}

/** Which identities may stand in more than one slice: those named, or all that came since the marks. */
export type Suspects = readonly Identity[] | { readonly since: readonly Undrained[] }

const chunkSize = 4_000
/** Identities whose tombstones are held in memory before they are written: after a claim there may be a million of them. */
const standingsAtOnce = 20_000

export interface Repairing {
  /** False is for tests alone. */
  readonly formerPupils?: boolean
  readonly standingsAtOnce?: number
}

/**
 * Writes a tombstone into every slice where an identity ever stood and its winner does not, with the winner's version
 * and the newest offset (so that the old slice is dirty); touches the slice of what a follow-up follows, in the
 * same way; and takes its evidence from every pupil that it named once and names no more. Idempotent, and what is written
 * does not depend on what else is repaired: it goes part by part. Returns the facts whose slices it touched.
 */
export async function repair(
  warehouse: Warehouse,
  suspects: Suspects,
  { formerPupils = true, standingsAtOnce: atOnce = standingsAtOnce }: Repairing = {},
): Promise<Set<string>> {
  const touched = new Set<string>()
  let some: Standing[] = []
  const write = async () => {
    for (const fact of await writeTombstones(warehouse, some, formerPupils)) touched.add(fact)
    some = []
  }
  for await (const standings of standingsOf(warehouse, suspects))
    for (const standing of standings) if (some.push(standing) >= atOnce) await write()
  await write()
  return touched
}

/** Tombstones of these identities; returns the facts that they are written to. */
async function writeTombstones(
  warehouse: Warehouse,
  standings: readonly Standing[],
  formerPupils: boolean,
): Promise<Iterable<string>> {
  const rows = new Map<string, unknown[][]>()
  const write = (s: Standing, [fact, school, week]: Slice) => {
    const row = [s.authority, week, school, s.id, s.wv, 1, s.mo]
    const known = rows.get(fact)
    if (known) known.push(row)
    else rows.set(fact, [row])
  }
  const evidence: unknown[][] = []
  for (const standing of standings) {
    const { authority, id, wv, mo, former } = standing
    for (const pupil of former) evidence.push([authority, pupil, id, wv, 1, mo])
    for (const slice of standing.slices) if (!same(slice, standing.ws)) write(standing, slice)
  }
  const follows = standings.filter(({ refs }) => refs.length > 0)
  const subjects = await slicesOf(warehouse, follows)
  for (const standing of follows)
    for (const ref of standing.refs)
      for (const slice of subjects.get(`${standing.authority} ${ref}`) ?? [])
        if (!same(slice, standing.ws)) write(standing, slice)
  for (const [fact, tombstones] of rows) await insertTombstones(warehouse, fact, tombstones)
  if (formerPupils) await insertEvidenceTombstones(warehouse, evidence)
  return rows.keys()
}

const same = (a: Slice, b: Slice): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2]

/** Pupils that a receipt's version has evidence of. */
const evidencePupils = `if(fact IN (${evidenceFacts.map((f) => `'${f}'`).join(', ')}), pupils, [])`

const standingSql = (which: string): string => `
  SELECT authority, id, toString(max(ver)) AS wv, argMax((fact, school, week), ver) AS ws, max(off) AS mo,
    groupUniqArrayIf((fact, school, week), school > 0) AS slices, groupUniqArrayIf(ref, ref != '${noId}') AS refs,
    argMax(${evidencePupils}, ver) AS wp, arrayFilter(p -> NOT has(wp, p), groupUniqArrayArray(${evidencePupils})) AS former
  FROM receipts
  WHERE kind != 'quarantined' AND (authority, id) IN (${which})
  GROUP BY authority, id
  HAVING length(slices) > toUInt8(ws.2 > 0) OR notEmpty(refs) OR notEmpty(former)`

const pairsSql =
  'SELECT t.1, t.2 FROM (SELECT arrayJoin(arrayZip({authorities:Array(UInt16)}, {ids:Array(UUID)})) AS t)'

async function* standingsOf(warehouse: Warehouse, suspects: Suspects): AsyncIterable<Standing[]> {
  if ('since' in suspects) {
    const sql = standingSql(`SELECT authority, id FROM receipts WHERE ${undrainedCondition(suspects.since)}`)
    yield* warehouse.stream<Standing>({ name: 'repair_all', sql, timeoutMs: 600_000 })
    return
  }
  for (const params of chunks(suspects))
    yield await warehouse.query<Standing>({
      name: 'repair',
      sql: standingSql(pairsSql),
      params,
      timeoutMs: 60_000,
    })
}

/** Every slice in which what these follow ever stood, by `authority id`. */
async function slicesOf(
  warehouse: Warehouse,
  follows: readonly Standing[],
): Promise<Map<string, readonly Slice[]>> {
  const refs = new Map<string, Identity>()
  for (const s of follows)
    for (const ref of s.refs) refs.set(`${s.authority} ${ref}`, { authority: s.authority, id: ref })
  const found = new Map<string, readonly Slice[]>()
  for (const params of chunks([...refs.values()])) {
    const rows = await warehouse.query<{ authority: number; id: string; slices: Slice[] }>({
      name: 'subjects',
      sql: `SELECT authority, id, groupUniqArray((fact, school, week)) AS slices FROM receipts
        WHERE kind = 'upsert' AND week > '${noWeek}' AND (authority, id) IN (${pairsSql}) GROUP BY authority, id`,
      params,
      timeoutMs: 60_000,
    })
    for (const row of rows) found.set(`${row.authority} ${row.id}`, row.slices)
  }
  return found
}

function* chunks(identities: readonly Identity[]): Iterable<{ authorities: number[]; ids: string[] }> {
  for (let at = 0; at < identities.length; at += chunkSize) {
    const part = identities.slice(at, at + chunkSize)
    yield { authorities: part.map((i) => i.authority), ids: part.map((i) => i.id) }
  }
}
