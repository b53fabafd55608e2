import type { Controlled } from './controlled.ts'
import { type Suppressed, suppressWithout } from './cube.ts'
import { authority } from './layer.ts'
import { type Reason, reasons } from './lines.ts'
import { type CubeProfile, stampOf } from './profile.ts'
import { type Cube, categories, coordinates, type Metric, periods, shapeFor } from './shape.ts'

/** One figure as a reader sees it: nothing tells why it is hidden. */
export interface PublishedFigure {
  /** `denominators` or a metric's id. */
  metric: string
  outcome?: string
  /** A school; absent for the authority. */
  school?: string
  period: string
  by: readonly { characteristic: string; value: string }[]
  status: 'published' | 'hidden' | 'unavailable'
  /** A mean's is its number of values. Rounded as the profile says. */
  value?: number
  /** Of a mean, where they were given: Σx and Σx², as of so many values. */
  sums?: readonly [sx: number, sxx: number]
}

export interface Publication {
  /** Stamped on every value. */
  profile: string
  authority: string
  academicYear: string
  /** Why nothing across schools is published. */
  refused?: string
  figures: PublishedFigure[]
}

/** For the operator's log, never for a reader. */
export interface LoggedDecision {
  metric: string
  outcome?: string
  school?: string
  period: string
  by: readonly { characteristic: string; value: string }[]
  rule: Reason | 'dominance' | 'pair table'
}

export interface Disclosure {
  publication: Publication
  log: LoggedDecision[]
  /** Metrics whose audit did not close: their school rows, or all of it, are withheld from others. */
  withheld: { metric: string; what: 'schools withheld' | 'nothing published' }[]
  /** Metrics, or the denominators, that cannot show and hide what an earlier release did: only after one. */
  strained: string[]
}

/**
 * Decides over a whole cube, at once, which figures may be read: when a period closes, never by request.
 * @param asLeads audit as each school's lead too
 * @throws DisclosureError naming the field and the rule, where the cube does not add up
 */
export function suppress(cube: Cube, profile: CubeProfile, { asLeads = false } = {}): Disclosure {
  return disclosureOf(suppressWithout(cube, profile, new Set(), asLeads))
}

export function disclosureOf(suppressed: Suppressed): Disclosure {
  const { cube, profile, refused, denominators, metrics } = suppressed
  const figures: PublishedFigure[] = []
  const log: LoggedDecision[] = []
  for (const controlled of [denominators, ...metrics]) read(suppressed, controlled, figures, log)
  const { authority, academicYear } = cube.shape
  const publication = { profile: stampOf(profile), authority, academicYear, figures }
  return {
    publication: refused ? { ...publication, refused } : publication,
    log,
    strained: [denominators, ...metrics].flatMap(({ id, strained }) => (strained ? [id] : [])),
    withheld: [denominators, ...metrics].flatMap(({ id, audited }) =>
      audited === 'closed' ? [] : [{ metric: id, what: audited }],
    ),
  }
}

/** Of a school; of the authority, over its schools. */
function sumsOf(
  sums: NonNullable<Metric['sums']>,
  { school, coordinate }: { school?: string; coordinate: number },
): [sx: number, sxx: number] {
  const rows = school === undefined ? [...sums.values()] : [sums.get(school)!]
  const sum = (of: 0 | 1) => rows.reduce((so, row) => so + row[of][coordinate]!, 0)
  return [sum(0), sum(1)]
}

/** The same sum, whatever order it was added up in. */
const exact = (sum: number): number => Math.round(sum * 1e6) / 1e6

function read(
  { cube, profile, refused }: Suppressed,
  controlled: Controlled,
  figures: PublishedFigure[],
  log: LoggedDecision[],
): void {
  const { id, layer, tables } = controlled
  const metric = cube.metrics.find((one) => one.id === id)
  const shape = shapeFor(cube.shape, metric)
  const all = categories(shape)
  const kind = metric?.kind ?? 'denominators'
  const when = periods(shape, kind)
  const at = coordinates(shape, kind)
  const outcomes = metric?.outcomes
  interface Place {
    outcome: number
    school?: string
    coordinate: number
  }
  const nameOf = ({ outcome, school, coordinate }: Place) => ({
    metric: id,
    ...(outcomes && { outcome: outcomes[outcome]! }),
    ...(school && { school }),
    period: when[at[coordinate]!.period]!.id,
    by: all[at[coordinate]!.category]!.by,
  })
  const put = (place: Place, value: number, rule: LoggedDecision['rule']) => {
    const name = nameOf(place)
    if (rule === 'shown') {
      const rounded = Math.round(value / profile.roundTo) * profile.roundTo
      const sums = metric?.sums && sumsOf(metric.sums, place)
      const times = value > 0 ? rounded / value : 0
      figures.push({
        ...{ ...name, status: 'published', value: rounded },
        ...(sums && { sums: [exact(sums[0] * times), exact(sums[1] * times)] as const }),
      })
    } else {
      figures.push({ ...name, status: 'hidden' })
      log.push({ ...name, rule })
    }
  }
  for (let outcome = 0; outcome < layer.outcomes; outcome++) {
    for (let unit = 0; unit <= shape.schools.length; unit++) {
      const school = unit === authority ? undefined : shape.schools[unit - 1]
      for (const coordinate of at.keys()) {
        const cell = layer.cellOf(outcome, unit, coordinate)
        if (cell < 0) continue
        const place = { outcome, coordinate, ...(school && { school }) }
        if (layer.missing[unit]) {
          figures.push({ ...nameOf(place), status: 'unavailable' })
          continue
        }
        const rule = reasons[layer.system.hidden[cell]!]!
        const isDominated = rule === 'shown' && layer.withheld[cell]
        put(place, layer.system.value[cell]!, refused ? 'withheld' : isDominated ? 'dominance' : rule)
      }
    }
  }
  layer.tables.forEach(({ cells }, table) => {
    const rule = refused ? 'withheld' : tables[table] ? 'shown' : 'pair table'
    for (const { outcome, coordinate, value } of cells) put({ outcome, coordinate }, value, rule)
  })
}
