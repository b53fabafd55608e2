import {
  type FactContext,
  fromLogRecord,
  identityOf,
  type LoggedEvent,
  type MalformedRecord,
  Unprocessable,
} from '@cairn/contracts'
import type { StoredRecord } from '@cairn/event-log'
import { weekOf } from '@cairn/metrics'
import {
  type Erasure,
  erasedMarker,
  erasedVersion,
  type Identity,
  noId,
  noWeek,
  type QuarantineRow,
  versionOf,
} from '@cairn/warehouse'
import { allProtections, type Protections } from './protections.ts'

/** What a batch of records writes. A pure function of the records and of the pupils erased so far. */
export interface BatchRows {
  readonly receipts: unknown[][]
  readonly facts: Map<string, unknown[][]>
  readonly tombstones: Map<string, unknown[][]>
  readonly quarantine: QuarantineRow[]
  readonly erasures: Erasure[]
  /** Every identity that the batch names, in order, with the version that it names. */
  readonly identities: (Identity & { version: number })[]
  /** Those that need a repair whether they were seen before or not: follow-ups. */
  readonly followUps: Identity[]
}

export const emptyRows = (): BatchRows => ({
  receipts: [],
  facts: new Map(),
  tombstones: new Map(),
  quarantine: [],
  erasures: [],
  identities: [],
  followUps: [],
})

/** Pupils erased so far: `authority pupil-as-UUID`. */
export type Erased = ReadonlySet<string>

/** Adds what these records of one partition write. `erased` must hold the batch's own erasures already. */
export function addRows(
  rows: BatchRows,
  partition: number,
  records: readonly StoredRecord[],
  context: FactContext,
  erased: Erased,
  protect: Protections = allProtections,
): void {
  for (const record of records) {
    const read = fromLogRecord(record)
    if ('malformed' in read) {
      quarantine(rows, partition, record, 'malformed', read.malformed)
      continue
    }
    try {
      addEvent(rows, record, read.ok, context, erased, protect)
    } catch (error) {
      if (!(error instanceof Unprocessable)) throw error
      const { identity, hash, event } = read.ok
      const why = { field: error.field, rule: error.rule, identity, hash, version: event.version, type: event.type }
      quarantine(rows, partition, record, 'unprocessable', why)
    }
  }
}

function addEvent(
  rows: BatchRows,
  record: StoredRecord,
  logged: LoggedEvent,
  context: FactContext,
  erased: Erased,
  protect: Protections,
): void {
  const { authority, offset } = record
  const { makes } = logged.type
  const { data, version } = logged.event
  const hash = decimal(logged.hash)
  if (makes.kind === 'retraction') {
    const target = makes.target(data)
    const id = identityOf(target.source, target.id)
    rows.receipts.push(unplaced(record, id, versionOf(target.version, offset), 'retraction', hash))
    rows.identities.push({ authority, id, version: target.version })
    return
  }
  if (makes.kind === 'erasure') {
    rows.receipts.push(unplaced(record, logged.identity, versionOf(version, offset), 'erasure', hash))
    rows.identities.push({ authority, id: logged.identity, version })
    rows.erasures.push({ authority, pupil: pupilId(makes.pupil(data)), offset })
    return
  }
  const { fact } = makes
  const place = fact.place(data)
  const own = fact.row(data, context)
  const pupils = fact.pupils(data).map(pupilId)
  const week = place.follows ? noWeek : weekOf(place.day!)
  const ref = place.follows ? identityOf(place.follows.source, place.follows.id) : noId
  const ver = versionOf(version, offset)
  const id = logged.identity
  rows.receipts.push([authority, id, ver, 'upsert', hash, fact.table, place.school, week, ref, pupils, offset])
  rows.identities.push({ authority, id, version })
  if (place.follows) rows.followUps.push({ authority, id })
  if (pupils.some((pupil) => erased.has(`${authority} ${pupil}`))) {
    if (!protect.erasedMarkers) return
    // Never skipped: a former owner's late copy of the fact must find something to lose against.
    rows.receipts.push(erasedMarker(authority, id, offset))
    const tombstone = [authority, week, place.school, id, erasedVersion, 1, offset, place.day ?? noWeek, ref, []]
    push(rows.tombstones, fact.table, tombstone)
    return
  }
  push(rows.facts, fact.table, [authority, week, place.school, id, ver, 0, offset, place.day ?? noWeek, ref, pupils, ...own])
}

const unplaced = (record: StoredRecord, id: string, ver: string, kind: string, hash: string): unknown[] => [
  record.authority,
  id,
  ver,
  kind,
  hash,
  '',
  0,
  noWeek,
  noId,
  [],
  record.offset,
]

function quarantine(
  rows: BatchRows,
  partition: number,
  record: StoredRecord,
  reason: string,
  why: MalformedRecord,
): void {
  const id = why.identity ?? identityOf(`cairn:unreadable:${partition}`, String(record.offset))
  const hash = decimal(why.hash ?? '0')
  rows.receipts.push(unplaced(record, id, versionOf(why.version ?? 0, record.offset), 'quarantined', hash))
  const { authority, offset, appendedAt: at } = record
  const { field, rule, type = '' } = why
  rows.quarantine.push({ authority, partition, offset, id, type, reason, field, rule, hash, at })
}

const decimal = (hex: string): string => BigInt(`0x${hex}`).toString()

function push(rows: Map<string, unknown[][]>, fact: string, row: unknown[]): void {
  const there = rows.get(fact)
  if (there) there.push(row)
  else rows.set(fact, [row])
}

/** A pseudonym (`k1:` and 32 hex digits) as a UUID. */
export function pupilId(pseudonym: string): string {
  const hex = pseudonym.slice(-32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
