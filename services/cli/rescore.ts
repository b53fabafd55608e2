import { operatorScope } from '@cairn/access/operator'
import type { ControlPlane } from '@cairn/control-plane'
import type { EventLog } from '@cairn/event-log'
import { inForce, nameOf, namesScoredWith } from '@cairn/mtss'
import { firstCheckins, scoredBy, type Warehouse } from '@cairn/warehouse'
import { misuse } from './fault.ts'

/** The check-ins that a rescore is about. */
export interface Rescored {
  /** The definition that they are scored by from now on. */
  readonly by: string
  /** What they may name: the definition, and those that it puts right. */
  readonly names: readonly string[]
  readonly authorities: readonly number[]
}

export interface Rewound {
  readonly partition: number
  /** Offset from which it is read again. */
  readonly to: number
  /** Records from there to where it stood. */
  readonly records: number
}

/** @throws Fault where Cairn has no such definition, or authority */
export async function whatToRescore(
  controlPlane: ControlPlane,
  instrument: string,
  authority: number | undefined,
): Promise<Rescored> {
  const all = await controlPlane.instruments.all()
  const by = inForce(all).get(instrument)
  if (!by) throw misuse(`Cairn has no instrument ${instrument}.`, 'cairn instrument list shows those it has.')
  const authorities = (await controlPlane.authorities.list()).map((one) => one.code)
  if (authority !== undefined && !authorities.includes(authority))
    throw misuse(`Authority ${authority} has not been added.`, 'cairn authority list shows those that have.')
  return {
    by: nameOf(by),
    names: namesScoredWith(all, instrument),
    authorities: authority === undefined ? authorities : [authority],
  }
}

/**
 * Has the partitions of these authorities read again from the first check-in that names one of the definitions. Also a
 * partition without any is claimed again: a cycle that began before the import could else write scores of before.
 */
export async function rescore(
  controlPlane: ControlPlane,
  log: EventLog,
  warehouse: Warehouse,
  { by, names, authorities }: Rescored,
): Promise<Rewound[]> {
  // The ledger first: facts that are written meanwhile lie beyond what it says now.
  const positions = new Map((await controlPlane.ledger.positions()).map((one) => [one.partition, one.offset]))
  const first = await firstCheckins(warehouse, operatorScope(authorities), names)
  const from = new Map<number, number>()
  for (const authority of authorities) {
    const partition = log.partitionOf(authority)
    const offset = positions.get(partition)
    if (offset === undefined) continue
    from.set(partition, Math.min(offset, first.get(authority) ?? offset, from.get(partition) ?? offset))
  }
  const rewound: Rewound[] = []
  for (const [partition, to] of from) {
    await controlPlane.ledger.rewind(partition, to)
    rewound.push({ partition, to, records: positions.get(partition)! - to })
  }
  await controlPlane.audit.append({
    action: 'instrument.rescore',
    subject: `instrument ${by}`,
    detail: { names, authorities, partitions: rewound.map(({ partition, to }) => ({ partition, to })) },
  })
  return rewound
}

/** Current check-ins by the definition that scored them. */
export const standing = async (
  warehouse: Warehouse,
  { names, authorities }: Rescored,
): Promise<Record<string, number>> =>
  Object.fromEntries(await scoredBy(warehouse, operatorScope(authorities), names))
