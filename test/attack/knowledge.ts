import { type Cube, categories, coordinates, type Publication, periods } from '@cairn/disclosure'

/** What one metric's publication says: figures, known or not, and what binds them. Built from the outside alone. */
export interface Knowledge {
  keys: string[]
  /** NaN where hidden. */
  known: Float64Array
  /** The truth, to judge by; no bound is worked out from it. */
  truth: Float64Array
  /** Denominators' truth; Infinity where there is none. */
  of: Float64Array
  /** Index of the denominator's figure, -1 if none. */
  denominator: Int32Array
  /** School's number, -1 for the authority. */
  owner: Int32Array
  /** By figure: which requirement it is held to. */
  kind: ('denominators' | 'pupils' | 'events' | 'partition' | 'mean')[]
  metric: string[]
  relations: Relation[]
}

export interface Relation {
  kind: 'sum' | 'union'
  total: number
  parts: number[]
}

interface Name {
  metric: string
  outcome?: string
  school?: string
  period: string
  by: readonly { characteristic: string; value: string }[]
}

const keyOf = ({ metric, outcome = '', school = '', period, by }: Name) =>
  [metric, outcome, school, period, by.map(({ characteristic, value }) => `${characteristic}=${value}`)].join(
    '|',
  )

/** Everything that a publication says, and every relation that anyone knows to hold between its figures. */
export function knowledgeOf(cube: Cube, publication: Publication): Knowledge {
  const index = new Map<string, number>()
  for (const figure of publication.figures) index.set(keyOf(figure), index.size)
  const size = index.size
  const truth = truthOf(cube)
  const knowledge: Knowledge = {
    keys: [...index.keys()],
    known: new Float64Array(size).fill(Number.NaN),
    truth: Float64Array.from(index.keys(), (key) => truth.get(key)!),
    of: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    denominator: new Int32Array(size).fill(-1),
    owner: new Int32Array(size).fill(-1),
    kind: [],
    metric: [],
    relations: [],
  }
  const schools = new Map(cube.shape.schools.map((school, at) => [school, at]))
  const kinds = new Map(cube.metrics.map(({ id, kind }) => [id, kind]))
  const year = cube.shape.academicYear
  publication.figures.forEach((figure, at) => {
    if (figure.status === 'published') knowledge.known[at] = figure.value!
    if (figure.school !== undefined) knowledge.owner[at] = schools.get(figure.school)!
    const kind = kinds.get(figure.metric) ?? 'denominators'
    knowledge.kind.push(kind)
    knowledge.metric.push(figure.metric)
    if (kind !== 'pupils' && kind !== 'partition') return
    const { school, by } = figure
    const beside = keyOf({ metric: 'denominators', ...(school && { school }), period: year, by })
    knowledge.denominator[at] = index.get(beside)!
    knowledge.of[at] = truth.get(beside)!
  })
  relate(cube, publication, index, knowledge.relations)
  return knowledge
}

function relate(
  { shape, metrics }: Cube,
  { figures }: Publication,
  index: Map<string, number>,
  relations: Relation[],
): void {
  const kinds = new Map(metrics.map(({ id, kind }) => [id, kind]))
  const outcomes = new Map(metrics.map(({ id, outcomes: parts }) => [id, parts]))
  const periodsOf = new Map(
    metrics.map(({ id, kind }) => [id, new Map(periods(shape, kind).map((period) => [period.id, period]))]),
  )
  const groups = new Map<string, Relation>()
  const join = (total: Name, part: number, label: string, kind: Relation['kind']) => {
    const at = index.get(keyOf(total))
    if (at === undefined) return
    const group = groups.get(`${label}|${at}`)
    if (group) group.parts.push(part)
    else groups.set(`${label}|${at}`, { kind, total: at, parts: [part] })
  }
  figures.forEach((figure, at) => {
    const { by, period, school, metric, outcome } = figure
    for (const dropped of by) {
      const rest = by.filter((one) => one !== dropped)
      join({ ...figure, by: rest }, at, `by ${dropped.characteristic}`, 'sum')
    }
    const { school: _, ...whole } = figure
    if (school !== undefined) join(whole, at, 'schools', 'sum')
    const kind = kinds.get(metric)
    const { kind: span, within: longer } = periodsOf.get(metric)?.get(period) ?? {}
    if (longer !== undefined && (kind === 'pupils' || kind === 'events')) {
      join({ ...figure, period: longer }, at, `time ${span}`, kind === 'events' ? 'sum' : 'union')
    }
    if (outcome !== undefined && outcomes.get(metric)) {
      const roll = { metric: 'denominators', period: shape.academicYear, by, ...(school && { school }) }
      join(roll, at, `${metric} outcomes ${period}`, 'sum')
    }
  })
  relations.push(...groups.values())
}

/** Every figure of a cube as it is, by key. */
function truthOf({ shape, denominators, metrics }: Cube): Map<string, number> {
  const truth = new Map<string, number>()
  const all = categories(shape)
  const add = (name: Name, value: number) => {
    truth.set(keyOf(name), (truth.get(keyOf(name)) ?? 0) + value)
  }
  for (const school of shape.schools) {
    all.forEach(({ by }, category) => {
      const value = denominators.get(school)![category]!
      const name = { metric: 'denominators', period: shape.academicYear, by }
      add(name, value)
      add({ ...name, school }, value)
    })
    for (const { id, kind, outcomes, rows } of metrics) {
      const when = periods(shape, kind)
      rows.get(school)?.forEach((row, outcome) => {
        coordinates(shape, kind).forEach(({ category, period }, at) => {
          const name = {
            metric: id,
            ...(outcomes && { outcome: outcomes[outcome]! }),
            period: when[period]!.id,
            by: all[category]!.by,
          }
          add(name, row[at]!)
          add({ ...name, school }, row[at]!)
        })
      })
    }
  }
  return truth
}
