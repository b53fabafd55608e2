import { metrics } from '@cairn/metrics'
import type { Figure } from './knowledge.ts'
import { attacked } from './world.ts'

/** A number that was answered, and of what. */
export interface Told {
  readonly figure: Figure
  readonly value: number
  /** Academic year by its starting year. */
  readonly year: number
  /** Of a release: its name; else of the numbers as they are now. */
  readonly release?: string
}

/** A share whose parts were not given: numerator less this many of the denominator is 0. */
export interface Rated {
  readonly figure: Figure
  readonly of: Figure
  readonly share: number
  readonly year: number
}

export interface Read {
  readonly told: Told[]
  readonly rated: Rated[]
}

interface Reading {
  readonly urns: readonly number[]
  readonly phases: readonly string[]
  /** Of rows that name no school. */
  readonly mask: number
}

/** Every number of an answer, wherever in it: rows of figures, comparisons, trends, inequalities and releases are alike. */
export function readAnswer(answer: unknown, reading: Reading): Read {
  const read: Read = { told: [], rated: [] }
  visit(answer, reading, undefined, read)
  return read
}

function visit(value: any, reading: Reading, release: string | undefined, read: Read): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, reading, release, read)
    return
  }
  if (value === null || typeof value !== 'object') return
  const name = typeof value.release?.name === 'string' ? value.release.name : release
  if (typeof value.metricId === 'string' && typeof value.timeIdentifier === 'string')
    readRow(value, reading, name, read)
  for (const one of Object.values(value)) visit(one, reading, name, read)
}

function readRow(row: any, { urns, phases, mask }: Reading, release: string | undefined, read: Read): void {
  const metric = metrics.get(row.metricId)
  const period = periodOf(row.timePeriod, row.timeIdentifier)
  if (!metric || !period) return
  const school = urns.indexOf(row.schoolUrn)
  if (row.schoolUrn != null && school < 0) return
  const phase = phases.reduce((sum, one, i) => (one === row.phase ? sum + 2 ** i : sum), 0)
  const among = row.schoolUrn != null ? 2 ** school : row.phase != null ? mask & phase : mask
  if (among <= 0) return
  const by = row.breakdown ?? (row.dimensions ?? []).map((d: any) => `${d.name}=${d.value}`).join(';')
  const year = Number(row.timePeriod.slice(0, 4))
  const counted = metric.kind === 'rate' || metric.kind === 'proportion' ? metric.numerator.id : metric.id
  if (metric.kind === 'median') return
  // The invented authority tells its events apart by nothing else, so that nothing else is known to be true of them.
  if (row.breakdown && !isTold(counted, by)) return
  const figure = { metric: counted, mask: among, period, by }
  const tell = (of: Figure, value: unknown) => {
    if (typeof value === 'number') read.told.push({ figure: of, value, year, ...(release && { release }) })
  }
  tell(figure, row.numerator ?? row.n)
  if (metric.kind === 'rate' || metric.kind === 'proportion') {
    const isRoll = metric.denominator.id === 'headcount'
    const known = by === '' || metric.denominator.dimensions[by.split('=')[0]!] ? by : ''
    tell(
      {
        metric: metric.denominator.id,
        mask: among,
        period: isRoll ? `year ${year}` : period,
        by: isRoll ? known : by,
      },
      row.denominator,
    )
  }
  if (typeof row.responseRate === 'number')
    read.rated.push({
      figure: { metric: 'pupils_checked_in', mask: among, period, by: '' },
      of: { metric: 'headcount', mask: among, period: `year ${year}`, by: '' },
      share: row.responseRate / 100,
      year,
    })
}

const isTold = (metric: string, by: string): boolean => {
  const [name, value] = by.split('=')
  return attacked[metric]?.[name!]?.includes(value!) ?? false
}

const terms = ['Autumn term', 'Spring term', 'Summer term']

function periodOf(timePeriod: string, identifier: string | null): string | undefined {
  const year = Number(timePeriod.slice(0, 4))
  if (identifier === 'Academic year') return `year ${year}`
  const term = terms.indexOf(identifier ?? '')
  if (term >= 0) return `term ${year * 100 + term + 1}`
  const [, halfTerm] = /^Half-term (\d)$/.exec(identifier ?? '') ?? []
  if (halfTerm) return `half_term ${year * 100 + Number(halfTerm)}`
  const [, week] = /^Week of (\S+)$/.exec(identifier ?? '') ?? []
  return week ? `week ${week.replaceAll('-', '')}` : undefined
}

/** Rows of a release's CSV, as its GraphQL rows are named. */
export function readCsv(text: string): unknown[] {
  const [head, ...lines] = text.trimEnd().split('\r\n')
  const names = head!.split(',').map((name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()))
  const numbers = new Set(['schoolUrn', 'n', 'numerator', 'denominator', 'value'])
  return lines.map((line) =>
    Object.fromEntries(
      line
        .split(',')
        .map((cell, i) => [names[i]!, numbers.has(names[i]!) ? (cell === '' ? null : Number(cell)) : cell]),
    ),
  )
}
