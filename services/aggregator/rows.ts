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
  noWeek,
  type QuarantineRow,
} from '@cairn/warehouse'
import { allProtections, type Protections } from './protections.ts'

/** What a batch of records writes. A pure function of the records and of the pupils erased so far. */
export interface BatchRows {
  /** JSON lines. */
  readonly receipts: string[]
  /** JSON lines of each fact. */
  readonly facts: Map<string, string[]>
  readonly erasedMarkers: unknown[][]
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
  erasedMarkers: [],
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
      const why = {
        field: error.field,
        rule: error.rule,
        identity,
        hash,
        version: event.version,
        type: event.type,
      }
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
    rows.receipts.push(unplaced(record, id, target.version, 'retraction', hash))
    rows.identities.push({ authority, id, version: target.version })
    return
  }
  if (makes.kind === 'erasure') {
    rows.receipts.push(unplaced(record, logged.identity, version, 'erasure', hash))
    rows.identities.push({ authority, id: logged.identity, version })
    rows.erasures.push({ authority, pupil: pupilId(makes.pupil(data)), offset })
    return
  }
  const { fact } = makes
  const place = fact.place(data)
  const own = fact.row(data, context)
  const pupils = fact.pupils(data).map(pupilId)
  const week = place.follows ? noWeek : weekOf(place.day!)
  const ref = place.follows ? `"${identityOf(place.follows.source, place.follows.id)}"` : 'null'
  const id = logged.identity
  // Lines by hand: everything in them is a number, a UUID, a code of ours or an ISO date; own columns are serialised.
  const named = pupils.length === 0 ? '[]' : `["${pupils.join('","')}"]`
  rows.receipts.push(
    `[${authority},"${id}",${version},"upsert",${hash},"${fact.table}",${place.school},"${week}",${ref},${named},${offset}]`,
  )
  rows.identities.push({ authority, id, version })
  if (place.follows) rows.followUps.push({ authority, id })
  if (erased.size > 0 && pupils.some((pupil) => erased.has(`${authority} ${pupil}`))) {
    if (!protect.erasedMarkers) return
    // Never skipped: a former owner's late copy of the fact must find something to lose against.
    rows.erasedMarkers.push(erasedMarker(authority, id, offset))
    push(rows.tombstones, fact.table, [authority, week, place.school, id, erasedVersion, 1, offset])
    return
  }
  const day = place.day ? `"${place.day}"` : 'null'
  const common = `[${authority},"${week}",${place.school},"${id}",${version},${offset},${day},${ref},${named}`
  push(rows.facts, fact.table, own.length === 0 ? `${common}]` : `${common},${JSON.stringify(own).slice(1)}`)
}

const unplaced = (
  { authority, offset }: StoredRecord,
  id: string,
  version: number,
  kind: string,
  hash: string,
): string => `[${authority},"${id}",${version},"${kind}",${hash},"",0,null,null,[],${offset}]`

function quarantine(
  rows: BatchRows,
  partition: number,
  record: StoredRecord,
  reason: string,
  why: MalformedRecord,
): void {
  const id = why.identity ?? identityOf(`cairn:unreadable:${partition}`, String(record.offset))
  const hash = decimal(why.hash ?? '0')
  rows.receipts.push(unplaced(record, id, why.version ?? 0, 'quarantined', hash))
  const { authority, offset, appendedAt: at } = record
  const { field, rule, type = '' } = why
  rows.quarantine.push({ authority, partition, offset, id, type, reason, field, rule, hash, at })
}

const decimal = (hex: string): string => BigInt(`0x${hex}`).toString()

function push<Row>(rows: Map<string, Row[]>, fact: string, row: Row): void {
  const there = rows.get(fact)
  if (there) there.push(row)
  else rows.set(fact, [row])
}

const pseudonym = /^[a-z0-9]+:([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/

/** A pseudonym (key id, `:` and 32 hex digits) as a UUID; anything else was not written by ingest. */
function pupilId(text: string): string {
  const parts = pseudonym.exec(text)
  if (!parts) throw new Unprocessable('/data', 'pseudonym')
  return `${parts[1]}-${parts[2]}-${parts[3]}-${parts[4]}-${parts[5]}`
}
