import { metrics } from '@cairn/metrics'
import type { Figure } from './knowledge.ts'

/** A figure whose state an answer does not name: that of the release, else the numbers as they are now. */
export type Place = Omit<Figure, 'state'>

/** A number that was answered, and of what. */
export interface Told {
  readonly place: Place
  /** What it may be: one number, or those that are rounded to it. */
  readonly low: number
  readonly high: number
  /** Academic year by its starting year. */
  readonly year: number
  /** Of a release: its name; else of the numbers as they are now. */
  readonly release?: string
}

/** A share whose parts were not given: numerator less this many of the denominator is 0. */
export interface Rated {
  readonly place: Place
  readonly of: Place
  readonly share: number
  readonly year: number
  readonly release?: string
}

/** A school's standardised values: sums over strata of counts, weighed by rolls. */
export interface Standardised {
  readonly metric: string
  readonly mask: number
  readonly year: number
  readonly dimension: string
  readonly per: number
  /** A mean of the strata's rates, weighed by the authority's roll. */
  readonly rate?: number
  /** Events that the school's roll would have at the authority's rates. */
  readonly expected?: number
  /** Of a release: its name; else of the numbers as they are now. */
  readonly release?: string
}

export interface Read {
  readonly told: Told[]
  readonly rated: Rated[]
  readonly standardised: Standardised[]
}

interface Reading {
  readonly urns: readonly number[]
  readonly phases: readonly string[]
  /** Of rows that name no school. */
  readonly mask: number
}

/** Every number of an answer, wherever in it: rows of figures, comparisons, trends, inequalities and releases are alike. */
export function readAnswer(answer: unknown, reading: Reading): Read {
  const read: Read = { told: [], rated: [], standardised: [] }
  visit(answer, reading, undefined, read)
  return read
}

function visit(value: any, reading: Reading, release: string | undefined, read: Read): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, reading, release, read)
    return
  }
  if (value === null || typeof value !== 'object') return
  if (value.standardisedRatio) readStandardised(value, reading, read)
  const own = typeof value.release === 'string' ? value.release : value.release?.name
  const name = typeof own === 'string' ? own : release
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
  const by = row.breakdown || (row.dimensions ?? []).map((d: any) => `${d.name}=${d.value}`).join(';')
  const year = Number(row.timePeriod.slice(0, 4))
  const counted = metric.kind === 'rate' || metric.kind === 'proportion' ? metric.numerator.id : metric.id
  if (metric.kind === 'median') return
  const place = { metric: counted, mask: among, period, by }
  const tell = (of: Place, value: unknown) => {
    if (typeof value !== 'number') return
    read.told.push({ place: of, low: value, high: value, year, ...(release && { release }) })
  }
  tell(place, row.numerator ?? row.n)
  if (metric.kind === 'rate' || metric.kind === 'proportion') {
    const isRoll = metric.denominator.id === 'headcount'
    const known = by === '' || metric.denominator.dimensions[by.split('=')[0]!] ? by : ''
    const of = {
      metric: metric.denominator.id,
      mask: among,
      period: isRoll ? `year ${year}` : period,
      by: isRoll ? known : by,
    }
    tell(of, row.denominator)
  }
  if (typeof row.responseRate === 'number')
    read.rated.push({
      place: { metric: 'pupils_checked_in', mask: among, period, by: '' },
      of: { metric: 'headcount', mask: among, period: `year ${year}`, by: '' },
      share: row.responseRate / 100,
      year,
      ...(release && { release }),
    })
}

/** What is by several characteristics at once follows from the figures by each, which are told: no row is made of it. */
function readStandardised(row: any, { urns }: Reading, read: Read): void {
  const metric = metrics.get(row.metricId)
  const at = urns.indexOf(row.schoolUrn)
  if ((metric?.kind !== 'rate' && metric?.kind !== 'proportion') || at < 0) return
  const year = Number(row.timePeriod.slice(0, 4))
  const from = typeof row.release === 'string' ? { release: row.release } : {}
  const one = { metric: metric.numerator.id, mask: 2 ** at, year, per: metric.per, ...from }
  const { standardisedRate: rate, standardisedRatio: ratio } = row
  const place = { metric: one.metric, mask: one.mask, period: `year ${year}`, by: '' }
  // What was counted is the sum of the strata.
  for (const { observed } of [rate, ratio])
    if (typeof observed === 'number') read.told.push({ place, low: observed, high: observed, year, ...from })
  const dimensionOf = ({ strata }: { strata: string[] }) => (strata.length === 1 ? strata[0] : undefined)
  const [ofRate, ofRatio] = [dimensionOf(rate), dimensionOf(ratio)]
  if (ofRate && typeof rate.value === 'number')
    read.standardised.push({ ...one, dimension: ofRate, rate: rate.value })
  if (ofRatio && typeof ratio.expected === 'number')
    read.standardised.push({ ...one, dimension: ofRatio, expected: ratio.expected })
}

const terms = ['Autumn term', 'Spring term', 'Summer term']

export function periodOf(timePeriod: string, identifier: string | null): string | undefined {
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
