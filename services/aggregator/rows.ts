import {
  eventTypes,
  type FactContext,
  fromLogRecord,
  identityOf,
  type LoggedEvent,
  type MalformedRecord,
  Unprocessable,
} from '@cairn/contracts'
import type { PartitionBatch, StoredRecord } from '@cairn/event-log'
import { weekOf } from '@cairn/metrics'
import { mondayOfWeek, weekOfTime } from '@cairn/mtss'
import {
  datedFacts,
  type Erasure,
  erasedMarker,
  erasedVersion,
  type Identity,
  noWeek,
  type QuarantineRow,
} from '@cairn/warehouse'
import { evidenceOf, isEvidence } from './evidence.ts'
import { allProtections, type Protections } from './protections.ts'

/**
 * What batches of records write, ready to be sent. A pure function of the records and of the pupils erased so far.
 * Cheap to hand from one thread to another.
 */
export interface BatchRows {
  /** JSON lines. */
  readonly receipts: Uint8Array
  /** The same for each fact. */
  readonly facts: ReadonlyMap<string, Uint8Array>
  /** The same facts in pupil order, as far as tiers read them. */
  readonly evidence: Uint8Array
  readonly evidenceTombstones: readonly unknown[][]
  /** Versions that are dated in a later week than the one they were received in. */
  readonly datedAhead: readonly unknown[][]
  readonly erasedMarkers: readonly unknown[][]
  readonly tombstones: ReadonlyMap<string, readonly unknown[][]>
  readonly quarantine: readonly QuarantineRow[]
  readonly erasures: readonly Erasure[]
  /** Every identity that the batches name, in order, with the version that it names: three arrays in step. */
  readonly identities: {
    readonly authorities: readonly number[]
    readonly ids: readonly string[]
    readonly versions: readonly number[]
  }
  /** Those that need a repair whether they were seen before or not: follow-ups. */
  readonly followUps: readonly Identity[]
}

interface Draft {
  readonly receipts: Text
  readonly facts: Map<string, Text>
  readonly evidence: Text
  readonly evidenceTombstones: unknown[][]
  readonly datedAhead: unknown[][]
  readonly erasedMarkers: unknown[][]
  readonly tombstones: Map<string, unknown[][]>
  readonly quarantine: QuarantineRow[]
  readonly erasures: Erasure[]
  readonly authorities: number[]
  readonly ids: string[]
  readonly versions: number[]
  readonly followUps: Identity[]
}

const draft = (): Draft => ({
  receipts: new Text(),
  facts: new Map(),
  evidence: new Text(),
  evidenceTombstones: [],
  datedAhead: [],
  erasedMarkers: [],
  tombstones: new Map(),
  quarantine: [],
  erasures: [],
  authorities: [],
  ids: [],
  versions: [],
  followUps: [],
})

const dated: ReadonlySet<string> = new Set(datedFacts)

/** Types of event that erase a pupil. */
const erasing = new Set([...eventTypes.values()].filter((t) => t.makes.kind === 'erasure').map((t) => t.type))

/** Gathers what batches write. `erased` is added to as erasures are met. */
export class RowsOf {
  readonly #draft = draft()
  readonly #context: FactContext
  readonly #erased: Set<string>
  readonly #protect: Protections

  constructor(context: FactContext, erased: Set<string>, protect: Protections = allProtections) {
    this.#context = context
    this.#erased = erased
    this.#protect = protect
  }

  add(batches: readonly PartitionBatch[]): void {
    // Erasures first: an event that comes after its pupil's erasure must not write the pupil's fact.
    for (const { records } of batches) for (const record of records) this.#learn(record)
    for (const { partition, records } of batches)
      addRows(this.#draft, partition, records, this.#context, this.#erased, this.#protect)
  }

  #learn(record: StoredRecord): void {
    if (!erasing.has(record.headers.ce_type ?? '')) return
    const read = fromLogRecord(record)
    if (!('ok' in read)) return
    const { makes } = read.ok.type
    if (makes.kind === 'erasure')
      this.#erased.add(`${record.authority} ${pupilId(makes.pupil(read.ok.event.data))}`)
  }

  rows(): BatchRows {
    return packed(this.#draft)
  }
}

function packed({ receipts, facts, evidence, authorities, ids, versions, ...rest }: Draft): BatchRows {
  return {
    ...rest,
    receipts: receipts.bytes(),
    evidence: evidence.bytes(),
    facts: new Map([...facts].map(([fact, lines]) => [fact, lines.bytes()])),
    identities: { authorities, ids, versions },
  }
}

/**
 * Lines of text as bytes, written as they come. Kept as strings until the batch is full they would be copied by every
 * collection meanwhile: that was a third of the reader's time.
 */
class Text {
  #bytes = Buffer.allocUnsafeSlow(1 << 16)
  #length = 0

  add(line: string): void {
    // A UTF-16 unit takes three bytes at most.
    const most = this.#length + 1 + line.length * 3
    if (most > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    if (this.#length > 0) this.#bytes[this.#length++] = 10
    this.#length += this.#bytes.write(line, this.#length, 'utf8')
  }

  /** Stands in memory of its own, so that it can be handed over between threads. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, 0, this.#length)
  }
}

/** Pupils erased so far: `authority pupil-as-UUID`. */
type Erased = ReadonlySet<string>

/** Adds what these records of one partition write. */
function addRows(
  rows: Draft,
  partition: number,
  records: readonly StoredRecord[],
  context: FactContext,
  erased: Erased,
  protect: Protections,
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
  rows: Draft,
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
    rows.receipts.add(unplaced(record, id, target.version, 'retraction', hash))
    name(rows, authority, id, target.version)
    return
  }
  if (makes.kind === 'erasure') {
    rows.receipts.add(unplaced(record, logged.identity, version, 'erasure', hash))
    name(rows, authority, logged.identity, version)
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
  rows.receipts.add(
    `[${authority},"${id}",${version},"upsert",${hash},"${fact.table}",${place.school},"${week}",${ref},${named},${offset}]`,
  )
  name(rows, authority, id, version)
  if (place.follows) rows.followUps.push({ authority, id })
  if (erased.size > 0 && pupils.some((pupil) => erased.has(`${authority} ${pupil}`))) {
    if (!protect.erasedMarkers) return
    // Never skipped: a former owner's late copy of the fact must find something to lose against.
    rows.erasedMarkers.push(erasedMarker(authority, id, offset))
    push(rows.tombstones, fact.table, [authority, week, place.school, id, erasedVersion, 1, offset])
    if (isEvidence(fact.table))
      for (const pupil of new Set(pupils))
        rows.evidenceTombstones.push([authority, pupil, id, erasedVersion, 1, offset])
    return
  }
  if (dated.has(fact.table)) {
    const received = weekOfTime(record.appendedAt)
    if (place.day! >= nextMonday(received))
      rows.datedAhead.push([authority, id, version, offset, week, received])
  }
  const day = place.day ? `"${place.day}"` : 'null'
  const common = `[${authority},"${week}",${place.school},"${id}",${version},${offset},${day},${ref},${named}`
  let facts = rows.facts.get(fact.table)
  if (!facts) {
    facts = new Text()
    rows.facts.set(fact.table, facts)
  }
  facts.add(own.length === 0 ? `${common}]` : `${common},${JSON.stringify(own).slice(1)}`)
  if (isEvidence(fact.table))
    for (const [pupil, said] of evidenceOf(fact.table, data, own, pupils))
      rows.evidence.add(
        `[${authority},"${pupil}","${id}",${version},${offset},${day},${place.school},${said}]`,
      )
}

/** Of the last week asked for: records of a batch are received in one or two. */
const next = { week: -1, monday: '' }

function nextMonday(week: number): string {
  if (next.week !== week) Object.assign(next, { week, monday: mondayOfWeek(week + 1) })
  return next.monday
}

function name(rows: Draft, authority: number, id: string, version: number): void {
  rows.authorities.push(authority)
  rows.ids.push(id)
  rows.versions.push(version)
}

const unplaced = (
  { authority, offset }: StoredRecord,
  id: string,
  version: number,
  kind: string,
  hash: string,
): string => `[${authority},"${id}",${version},"${kind}",${hash},"",0,null,null,[],${offset}]`

function quarantine(
  rows: Draft,
  partition: number,
  record: StoredRecord,
  reason: string,
  why: MalformedRecord,
): void {
  const id = why.identity ?? identityOf(`cairn:unreadable:${partition}`, String(record.offset))
  const hash = decimal(why.hash ?? '0')
  rows.receipts.add(unplaced(record, id, why.version ?? 0, 'quarantined', hash))
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
