import { operatorScope } from '@cairn/access/operator'
import { rules } from '@cairn/contracts'
import type { Audit } from '@cairn/control-plane'
import type { EventLog, LogRecord } from '@cairn/event-log'
import { conflicts, quarantined, type Warehouse } from '@cairn/warehouse'

/** A record that counts in no figure, and why. Holds no content. */
export interface Held {
  /** `partition/offset`. */
  readonly record: string
  readonly authority: number
  readonly reason: 'malformed' | 'unprocessable' | 'conflict'
  readonly type: string
  readonly field: string
  readonly rule: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly state: 'waits' | 'replaced'
  readonly wayOut: string
}

/** What is held back of these authorities: from quarantine, then conflicts; at most `limit` of each. */
export async function held(
  warehouse: Warehouse,
  log: EventLog,
  authorities: readonly number[],
  limit: number,
): Promise<Held[]> {
  const scope = operatorScope(authorities)
  const broken = (await quarantined(warehouse, scope, limit)).map(
    ({ authority, partition, offset, type, reason, field, rule, at, replaced }): Held => ({
      record: `${partition}/${offset}`,
      authority,
      reason,
      type,
      field,
      rule,
      at,
      state: replaced ? 'replaced' : 'waits',
      wayOut:
        `${(rules as Record<string, string>)[rule] ?? ''} Send it made right with a higher version; or replay it once the rule allows it.`.trim(),
    }),
  )
  const conflicting: Held[] = []
  for (const { authority, offset, first } of await conflicts(warehouse, scope, limit)) {
    const partition = log.partitionOf(authority)
    const record = await log.read(partition, offset)
    conflicting.push({
      record: `${partition}/${offset}`,
      authority,
      reason: 'conflict',
      type: record?.headers.ce_type ?? '',
      field: '/version',
      rule: 'sameContent',
      at: record ? new Date(record.appendedAt).toISOString() : '',
      state: 'waits',
      wayOut: `Record ${partition}/${first} has the same source, id and version and other content; it counts. If this one is right, send it with a higher version.`,
    })
  }
  return [...broken, ...conflicting]
}

/** Appends copies that name their originals; each is audited. Returns how many. */
export async function replay(chosen: readonly Held[], log: EventLog, audit: Audit): Promise<number> {
  let appended = 0
  for (const { record: place, authority, type, reason, field, rule } of chosen) {
    const [partition, offset] = place.split('/').map(Number) as [number, number]
    const record = await log.read(partition, offset)
    if (!record) continue
    const copy: LogRecord = {
      authority,
      headers: { ...record.headers, cairn_replay_of: place },
      value: record.value,
    }
    await log.append([copy])
    await audit.append({
      action: 'quarantine.replay',
      subject: `record ${place}`,
      detail: { authority, type, reason, field, rule },
    })
    appended++
  }
  return appended
}

/** What a value is made of, without what it says: names stay, values become their types. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length === 0
      ? []
      : [shapeOf(value[0]), ...(value.length > 1 ? [`… ${value.length} in all`] : [])]
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]))
}
