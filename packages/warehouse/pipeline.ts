import { randomUUID } from 'node:crypto'
import type { Warehouse } from './client.ts'
import { insertLines, type Lines } from './lines.ts'
import { dirtySql, readRowsSql, recomputePeriodsSql, recomputeWeeksSql, type Undrained } from './recompute.ts'
import { erasedVersion, factColumns, facts, factTable, receiptColumns, tombstoneColumns } from './schema.ts'

/** An identity within an authority. */
export interface Identity {
  readonly authority: number
  readonly id: string
}

/** Rows in the order of the table's columns, as JSONCompactEachRow takes them. */
export type Rows = readonly (readonly unknown[])[]

/** A record that could not become a fact. */
export interface QuarantineRow {
  readonly authority: number
  readonly partition: number
  readonly offset: number
  readonly id: string
  readonly type: string
  readonly reason: string
  readonly field: string
  readonly rule: string
  readonly hash: string
  /** Milliseconds since 1970, of the append: a function of the log, so that a replay writes the same row. */
  readonly at: number
}

export async function insertReceipts(warehouse: Warehouse, rows: Lines): Promise<void> {
  await insertLines(warehouse, { name: 'receipts', table: 'receipts', columns: receiptColumns }, rows)
}

/** Rows of one fact: the common columns, then the fact's own. */
export async function insertFacts(warehouse: Warehouse, fact: string, rows: Lines): Promise<void> {
  const columns = [...factColumns, ...Object.keys(facts.get(fact)!.columns)]
  await insertLines(warehouse, { name: 'facts', table: factTable(fact), columns }, rows)
}

export async function insertTombstones(warehouse: Warehouse, fact: string, rows: Rows): Promise<void> {
  const columns = [...tombstoneColumns]
  if (rows.length > 0) await warehouse.insert({ name: 'tombstones', table: factTable(fact), columns, rows })
}

/** Erased markers: above every version, standing nowhere, dirty from this offset on. */
export async function insertErasedMarkers(warehouse: Warehouse, rows: Rows): Promise<void> {
  const columns = ['authority', 'id', 'ver', 'kind', 'off']
  if (rows.length > 0) await warehouse.insert({ name: 'erased', table: 'receipts', columns, rows })
}

export const erasedMarker = (authority: number, id: string, offset: number): unknown[] => [
  authority,
  id,
  erasedVersion,
  'erased',
  offset,
]

export async function insertQuarantine(warehouse: Warehouse, rows: readonly QuarantineRow[]): Promise<void> {
  if (rows.length === 0) return
  await warehouse.insert({
    name: 'quarantine',
    table: 'quarantine',
    columns: ['authority', 'part', 'off', 'id', 'type', 'reason', 'field', 'rule', 'hash', 'at'],
    rows: rows.map((r) => [
      r.authority,
      r.partition,
      r.offset,
      r.id,
      r.type,
      r.reason,
      r.field,
      r.rule,
      r.hash,
      new Date(r.at).toISOString(),
    ]),
  })
}

export interface Erasure {
  readonly authority: number
  /** Pseudonym as a UUID. */
  readonly pupil: string
  readonly offset: number
}

/**
 * Remembers erased pupils and marks every identity that ever named one of them, in any version. Receipts must be
 * written before. Returns the identities: their tombstones follow in the next repair.
 */
export async function erase(warehouse: Warehouse, erasures: readonly Erasure[]): Promise<Identity[]> {
  if (erasures.length === 0) return []
  await warehouse.insert({
    name: 'erasures',
    table: 'erasures',
    columns: ['authority', 'pupil', 'off'],
    rows: erasures.map((e) => [e.authority, e.pupil, e.offset]),
  })
  const marked: Identity[] = []
  for (const { authority, pupil, offset } of erasures) {
    const named = await warehouse.query<{ id: string }>({
      name: 'erase',
      sql: `SELECT DISTINCT id FROM receipts WHERE authority = {authority:UInt16} AND kind = 'upsert' AND has(pupils, {pupil:UUID})`,
      params: { authority, pupil },
      timeoutMs: 60_000,
    })
    await insertErasedMarkers(
      warehouse,
      named.map((row) => erasedMarker(authority, row.id, offset)),
    )
    marked.push(...named.map((row) => ({ authority, id: row.id })))
  }
  return marked
}

/** `authority pupil` of every erased pupil of these authorities. */
export async function erasedPupils(
  warehouse: Warehouse,
  authorities: readonly number[],
): Promise<Set<string>> {
  const rows = await warehouse.query<{ authority: number; pupil: string }>({
    name: 'erased_pupils',
    sql: 'SELECT DISTINCT authority, pupil FROM erasures WHERE authority IN {authorities:Array(UInt16)}',
    params: { authorities: [...authorities] },
  })
  return new Set(rows.map((row) => `${row.authority} ${row.pupil}`))
}

export interface Recomputing {
  /** False is for tests alone. */
  readonly contextsReach?: boolean
  /** Facts that one statement recomputes from: it holds their pupils and breakdowns in the memory of one query. */
  readonly factsAtOnce?: number | undefined
}

/** Recomputes and replaces the weekly cells of whatever these facts changed. */
export async function recomputeWeeks(
  w: Warehouse,
  fact: string,
  marks: readonly Undrained[],
  gen: string,
  { contextsReach = true, factsAtOnce }: Recomputing = {},
): Promise<void> {
  const sql = recomputeWeeksSql(fact)
  if (!sql) return
  const found = { dirty: dirtySql(fact, marks, contextsReach), rows: readRowsSql(fact, 'weeks') }
  await recompute(w, `weeks_${fact}`, sql, gen, marks, found, factsAtOnce)
}

/** The same for what is kept by period. */
export async function recomputePeriods(
  w: Warehouse,
  fact: string,
  marks: readonly Undrained[],
  gen: string,
  { contextsReach = true, factsAtOnce }: Recomputing = {},
): Promise<void> {
  const sql = recomputePeriodsSql(fact)
  if (!sql) return
  const found = { dirty: dirtySql(fact, marks, contextsReach), rows: readRowsSql(fact, 'whole schools') }
  await recompute(w, `periods_${fact}`, sql, gen, marks, found, factsAtOnce)
}

/**
 * What is dirty first, then its cells, by so many schools at a time that a statement's memory does not grow with the
 * backlog: cells of one school come from facts of that school alone. A share that was written before another failed is
 * written again: the mark moves after the last one. The token is nobody else's, whatever happens in between.
 */
async function recompute(
  w: Warehouse,
  name: string,
  sql: string,
  gen: string,
  marks: readonly Undrained[],
  found: { readonly dirty: string; readonly rows: string },
  factsAtOnce = 250_000,
): Promise<void> {
  const dirty = randomUUID()
  const authorities = marks.flatMap((mark) => mark.authorities)
  const timeoutMs = 300_000
  await w.command({ name: 'dirty', sql: found.dirty, params: { dirty }, timeoutMs })
  const [{ n } = { n: '0' }] = await w.query<{ n: string }>({
    ...{ name: 'dirty_facts', sql: found.rows, params: { dirty, authorities }, timeoutMs },
  })
  // None where nothing is dirty, as for most facts after a claim: a slice that is empty now has its tombstones still.
  const shares = Math.ceil(Number(n) / factsAtOnce)
  for (let share = 0; share < shares; share++)
    await w.command({ name, sql, params: { gen, dirty, authorities, shares, share }, timeoutMs })
}

/** Every identity of these authorities, in batches of [authority, id]: to rebuild the filter after a claim. */
export function identities(warehouse: Warehouse, authorities: readonly number[]): AsyncIterable<Identity[]> {
  return warehouse.stream<Identity>({
    name: 'identities',
    sql: 'SELECT DISTINCT authority, id FROM receipts WHERE authority IN {authorities:Array(UInt16)}',
    params: { authorities: [...authorities] },
    timeoutMs: 300_000,
  })
}

export interface CalendarWeek {
  readonly week: string
  readonly year: number
  readonly halfTerm: number
  readonly term: number
}

/** Replaces the calendar of a school, or of an authority (school 0). `revision` rises with each change. */
export async function insertCalendar(
  warehouse: Warehouse,
  calendars: readonly { authority: number; school: number; weeks: readonly CalendarWeek[] }[],
  revision: number,
): Promise<void> {
  const rows = calendars.flatMap((c) =>
    c.weeks.map((w) => [c.authority, c.school, w.week, w.year, w.halfTerm, w.term, revision]),
  )
  if (rows.length === 0) return
  await warehouse.insert({
    name: 'calendar',
    table: 'calendar',
    columns: ['authority', 'school', 'week', 'year', 'half_term', 'term', 'rev'],
    rows,
  })
}

/** The newest revision of the calendar that the warehouse has, by authority. */
export async function calendarRevisions(warehouse: Warehouse): Promise<Map<number, number>> {
  const rows = await warehouse.query<{ authority: number; rev: string }>({
    name: 'calendar_revisions',
    sql: 'SELECT authority, max(rev) AS rev FROM calendar GROUP BY authority',
  })
  return new Map(rows.map((row) => [row.authority, Number(row.rev)]))
}
