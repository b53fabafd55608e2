import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type CloudEvent,
  type EventType,
  isUpnShaped,
  type LogRecord,
  pseudonymiseEvent,
  type Refusal,
  refusal,
  toLogRecord,
  validateEvent,
} from '@cairn/contracts'
import { type Item, isDeeperThan } from './items.ts'
import type { Limits } from './limits.ts'
import type { Tenant } from './tenants.ts'

/** What a key may send: made by access from a verified key. */
export interface Grant {
  readonly keyId: string
  readonly authority: number
  /** The one school it is for; null for all of the authority. */
  readonly school: number | null
  mayUse(source: string): boolean
}

/** The answer to one item. */
export interface ItemResult {
  /** Position among the events of the request, from 0; blank lines are not counted. */
  readonly index: number
  /** As it was sent, where it is an id and safe to repeat. */
  readonly id: string | null
  readonly status: 'accepted' | 'duplicate' | 'refused'
  readonly errors?: readonly Refusal[]
}

export interface Taken {
  readonly items: ItemResult[]
  /** What the log has to take, in the order of the request. */
  readonly records: LogRecord[]
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
}

/** So many events are worked on before other requests have their turn. */
const turn = 500

/** Checks every item on its own: what one breaks never costs another. Writes nothing. */
export async function takeItems(
  items: readonly Item[],
  grant: Grant,
  tenant: Tenant,
  limits: Limits,
  refreshed: () => Promise<Tenant>,
): Promise<Taken> {
  const results: ItemResult[] = []
  const records: LogRecord[] = []
  const seen = new Set<string>()
  let duplicates = 0
  let current = tenant
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % turn === 0) await nextTurn()
    let taken = takeItem(item, grant, current, limits)
    if ('refused' in taken && taken.refused[0]?.rule === 'schoolOfAuthority' && current === tenant) {
      current = await refreshed()
      if (current !== tenant) taken = takeItem(item, grant, current, limits)
    }
    if ('refused' in taken) {
      results.push({ index, id: taken.id, status: 'refused', errors: taken.refused })
      continue
    }
    const {
      cairn_identity: identity,
      cairn_hash: hash,
      ce_version: version,
      ce_id: id = null,
    } = taken.record.headers
    // The same version with other content is written all the same: that it is a conflict must be seen.
    const content = `${identity} ${version} ${hash}`
    const status = seen.has(content) ? 'duplicate' : 'accepted'
    if (status === 'duplicate') duplicates++
    else records.push(taken.record)
    seen.add(content)
    results.push({ index, id, status })
  }
  const accepted = records.length
  return { items: results, records, accepted, duplicates, refused: results.length - accepted - duplicates }
}

type TakenItem = { record: LogRecord } | { refused: readonly Refusal[]; id: string | null }

function takeItem(item: Item, grant: Grant, tenant: Tenant, limits: Limits): TakenItem {
  const { text } = item
  if (text === undefined) return { refused: [refusal('', 'syntax')], id: null }
  if (text.length > limits.itemBytes) return { refused: [refusal('', 'maxBytes')], id: null }
  const parsed = parse(item, text)
  if (!parsed) return { refused: [refusal('', 'syntax')], id: null }
  const refuse = (refused: readonly Refusal[]) => ({ refused, id: safeId(parsed.event) })

  const valid = validateEvent(parsed.event)
  // A valid event is as deep as its schema, so only a refused one needs to be measured.
  if ('refused' in valid)
    return refuse(isDeeperThan(limits.depth, text) ? [refusal('', 'maxDepth')] : valid.refused)
  const outside = outsideGrant(valid.ok, valid.type, grant, tenant)
  if (outside) return refuse([outside])
  const written = pseudonymiseEvent(valid.ok, valid.type, tenant.pseudonymOf)
  if ('refused' in written) return refuse(written.refused)
  return { record: toLogRecord(written.ok, tenant.authority, written.json) }
}

/** The item as a CloudEvent in JSON form; undefined where the text is no JSON. */
function parse({ attributes }: Item, text: string): { event: unknown } | undefined {
  try {
    if (!attributes) return { event: JSON.parse(text) }
    return { event: { ...attributes, data: text === '' ? undefined : JSON.parse(text) } }
  } catch {
    return undefined
  }
}

/** The key's sources hold for the event, and for another one that it takes back or follows. */
function outsideGrant(event: CloudEvent, type: EventType, grant: Grant, tenant: Tenant): Refusal | undefined {
  if (!grant.mayUse(event.source)) return refusal('/source', 'sourceOfKey')
  const data = event.data as Record<string, unknown>
  const other = otherSource(type, data)
  if (other && !grant.mayUse(other.source)) return refusal(other.field, 'sourceOfKey')
  // An erasure reaches every event of the authority that names the pupil, other schools' too.
  if (type.makes.kind === 'erasure' && grant.school !== null) return refusal('/type', 'authorityKey')
  if (typeof data.school !== 'string') return undefined
  const school = Number(data.school)
  if (grant.school !== null && school !== grant.school) return refusal('/data/school', 'schoolOfKey')
  return tenant.schools.has(school) ? undefined : refusal('/data/school', 'schoolOfAuthority')
}

function otherSource(
  { makes }: EventType,
  data: Record<string, unknown>,
): { source: string; field: string } | undefined {
  if (makes.kind === 'retraction') return { source: makes.target(data).source, field: '/data/source' }
  if (makes.kind !== 'fact') return undefined
  const { follows } = makes.fact.place(data)
  if (!follows) return undefined
  const name = Object.keys(data).find((each) => data[each] === follows)
  return { source: follows.source, field: `/data/${name}/source` }
}

/** The id, where repeating it cannot give anybody away. */
function safeId(event: unknown): string | null {
  const id = (event as { id?: unknown } | null)?.id
  return typeof id === 'string' && /^[!-~]{1,128}$/.test(id) && !isUpnShaped(id) ? id : null
}
