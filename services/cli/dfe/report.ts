import type { Reconciliation } from '@cairn/warehouse'
import { counted, grouped } from '../table.ts'
import { type Comparison, type Difference, inWords } from './compare.ts'

export interface ReplayResult {
  /** In the files. */
  readonly events: number
  /** Published counts against what GraphQL answers. */
  readonly shown: Comparison
  /** The same counts against the warehouse's cells. */
  readonly stored: Comparison
  /** Published rates against what GraphQL answers, and those that it holds back against the cells. */
  readonly ratesShown: Comparison
  readonly ratesHidden: Comparison
  readonly reconciliation: readonly Reconciliation[]
}

/** Whether anything is not as published, or an event is unaccounted for. Nothing compared proves nothing. */
export const differs = ({ shown, stored, ratesShown, ratesHidden, reconciliation }: ReplayResult): boolean =>
  [shown, stored, ratesShown, ratesHidden].some((one) => one.different.length > 0) ||
  reconciliation.some((one) => one.difference !== 0) ||
  shown.equal === 0

const mostListed = 10

export function resultText(result: ReplayResult): string {
  const { shown, stored, ratesShown, ratesHidden, reconciliation } = result
  const sum = (term: 'accepted' | 'current' | 'duplicates' | 'difference') =>
    reconciliation.reduce((total, one) => total + one[term], 0)
  const line = (label: string, text: string) => `  ${label.padEnd(24)} ${text}`
  return [
    '',
    line('events in the files', grouped(result.events)),
    line(
      'accepted so far',
      `${grouped(sum('accepted'))} = ${grouped(sum('current'))} that count + ${grouped(sum('duplicates'))} duplicates + others; difference ${grouped(sum('difference'))}`,
    ),
    line(
      'figures from GraphQL',
      `${grouped(shown.compared)} compared: ${grouped(shown.equal)} equal, ${grouped(shown.different.length)} different, ${grouped(shown.hidden)} held back as small numbers`,
    ),
    line(
      'figures in the cells',
      `${grouped(stored.compared)} compared: ${grouped(stored.equal)} equal, ${grouped(stored.different.length)} different`,
    ),
    line(
      'rates per 100',
      `${grouped(ratesOf(result))} compared: ${grouped(ratesEqualOf(result))} equal to their rounding (${grouped(ratesHidden.compared)} of them held back, and checked in the cells)`,
    ),
    ...list('GraphQL', shown.different),
    ...list('cells', stored.different),
    ...list('rates', [...ratesShown.different, ...ratesHidden.different]),
    '',
    differs(result) ? 'Something differs.' : 'Everything that is published comes out equal.',
  ].join('\n')
}

function list(where: string, all: readonly Difference[]): string[] {
  if (all.length === 0) return []
  return [
    '',
    `  ${counted(all.length, 'difference')} (${where}), the first ${Math.min(all.length, mostListed)}:`,
    ...all
      .slice(0, mostListed)
      .map(
        ({ place, published, found }) =>
          `    ${inWords(place)}: published ${published}, found ${found ?? 'nothing'}`,
      ),
  ]
}

const ratesOf = ({ ratesShown, ratesHidden }: ReplayResult): number =>
  ratesShown.compared + ratesHidden.compared
const ratesEqualOf = ({ ratesShown, ratesHidden }: ReplayResult): number =>
  ratesShown.equal + ratesHidden.equal

/** The one object that a machine reads. */
export function resultJson(result: ReplayResult): string {
  const { events, shown, stored, reconciliation, ratesHidden } = result
  const sum = (term: 'current' | 'duplicates' | 'difference') =>
    reconciliation.reduce((n, one) => n + one[term], 0)
  return JSON.stringify({
    events,
    cells: shown.compared,
    equal: shown.equal,
    different: shown.different.length,
    hidden: shown.hidden,
    rates: ratesOf(result),
    ratesEqual: ratesEqualOf(result),
    stored: stored.compared,
    storedEqual: stored.equal,
    ratesFromCells: ratesHidden.compared,
    current: sum('current'),
    duplicates: sum('duplicates'),
    unreconciled: sum('difference'),
  })
}
