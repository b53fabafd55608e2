import {
  type Bands,
  type Conversion,
  type Informant,
  type InstrumentDefinition,
  type Item,
  isFor,
  itemsOf,
  nameOf,
  type Subscale,
  type Total,
} from './definition.ts'
import { type FactorScore, factorScores, factorsFor } from './factors.ts'

/** Score of one subscale or total. */
export interface SubscaleScore {
  readonly id: string
  /** As it is reported: the metric where the definition converts the scale, else the raw score. */
  readonly score: number
  readonly raw: number
  /** Items answered, and not answered, of those that this informant has. */
  readonly answered: number
  readonly missing: number
  /** Whether the raw score is a sum of fewer answers, brought up to all items. */
  readonly prorated: boolean
  /** Of its band, 0 best; −1 where the definition has no band for it. */
  readonly severity: number
}

export type Scored =
  | {
      /** The definition that it was scored by: the one that the check-in names, or the newest that corrects it. */
      readonly definition: string
      /** Items of this informant's version that were not answered. */
      readonly missing: number
      readonly subscales: readonly SubscaleScore[]
      /** Of the factors and ecological levels that the items speak of. */
      readonly factors: readonly FactorScore[]
    }
  /** The rule that the check-in broke, and the JSON pointer of its field. Names an item only where it is one of the definition's. */
  | { readonly refused: string; readonly field: string }

export type Answers = Readonly<Record<string, number>>

/** What conversions and bands may ask of the pupil. */
export interface About {
  /** Whole years on the day of the check-in. */
  readonly age?: number | undefined
  readonly sex?: string | undefined
}

const nothing: About = {}

/**
 * Scores one check-in. A subscale with too few answers has no score and is left out; a check-in of which none has
 * one is still a check-in.
 */
export function score(
  definition: InstrumentDefinition,
  informant: string,
  answers: Answers,
  about: About = nothing,
): Scored {
  const plan = planOf(definition).get(informant)
  if (!plan) return { refused: 'informantOfInstrument', field: '/data/informant' }
  const { age } = about
  if (age !== undefined && plan.ages.length > 0 && !plan.ages.some((one) => covers(one, age)))
    return { refused: 'ageOfInstrument', field: '/data/age' }
  let given = 0
  for (const id in answers) {
    const answer = answers[id]!
    const item = plan.items.get(id)
    if (!item) return { refused: 'itemOfInstrument', field: '/data/answers' }
    if (!Number.isInteger(answer) || answer < item.min || answer > item.max)
      return { refused: 'rangeOfItem', field: `/data/answers/${id}` }
    if (!item.optional) given++
  }
  // In the definition's order, so that the same answers give the same bits in whatever order they come.
  const subscales: SubscaleScore[] = []
  for (const scale of plan.scales) {
    const raw = 'of' in scale ? totalOf(scale, subscales) : subscaleOf(scale, answers)
    if (!raw) continue
    const reported = convert(scale, raw.raw, about)
    if (typeof reported === 'object') return reported
    subscales.push({ ...raw, score: reported, severity: severityOf(scale.bands, reported, age) })
  }
  const factors = factorScores(plan.factors, answers)
  return { definition: plan.name, missing: plan.expected - given, subscales, factors }
}

type Raw = Omit<SubscaleScore, 'score' | 'severity'>

function subscaleOf(scale: SubscalePlan, answers: Answers): Raw | undefined {
  const { id, method, minAnswered, items } = scale
  let sum = 0
  let weight = 0
  let answered = 0
  for (const item of items) {
    const answer = answers[item.id]
    if (answer === undefined) continue
    const of = item.weight ?? 1
    sum += worthOf(item, answer, method) * of
    weight += of
    answered++
  }
  if (answered < minAnswered) return undefined
  const missing = items.length - answered
  if (method === 'mean') return { id, raw: sum / weight, answered, missing, prorated: false }
  if (missing === 0) return { id, raw: sum, answered, missing, prorated: false }
  const whole = (sum * scale.weight) / weight
  return { id, raw: scale.prorate === 'round' ? Math.round(whole) : whole, answered, missing, prorated: true }
}

function worthOf(item: Item, answer: number, method: Subscale['method']): number {
  if (method === 'lookup') return item.values![answer - item.min]!
  if (method === 'sum') return item.reverse ? item.min + item.max - answer : answer
  return ((item.reverse ? item.max - answer : answer - item.min) / (item.max - item.min)) * 100
}

function totalOf({ id, of, method }: TotalPlan, scored: readonly SubscaleScore[]): Raw | undefined {
  let [raw, answered, missing, prorated, found] = [0, 0, 0, false, 0]
  for (const part of scored) {
    if (!of.includes(part.id)) continue
    found++
    raw += part.raw
    answered += part.answered
    missing += part.missing
    prorated ||= part.prorated
  }
  if (found < of.length) return undefined
  return { id, raw: method === 'mean' ? raw / found : raw, answered, missing, prorated }
}

const covers = ({ from, to }: { readonly from: number; readonly to: number }, age: number): boolean =>
  age >= from && age <= to

/** The metric of a raw score, the raw score itself where the scale is not converted, or why it cannot be converted. */
function convert(
  { conversions, min }: ScalePlan,
  raw: number,
  { age, sex }: About,
): number | { readonly refused: string; readonly field: string } {
  if (conversions.length === 0) return raw
  let refused = { refused: 'ageOfInstrument', field: '/data/age' }
  for (const one of conversions) {
    if (one.ages && age === undefined) refused = { refused: 'ageNeeded', field: '/data/age' }
    else if (one.ages && !covers(one.ages, age!)) continue
    else if (one.sex && one.sex !== sex) {
      if (sex !== 'F' && sex !== 'M') refused = { refused: 'sexNeeded', field: '/data/sex' }
    } else return one.points[Math.round(raw) - min]!
  }
  return refused
}

function severityOf(bands: readonly Bands[], score: number, age: number | undefined): number {
  for (const { ages, steps } of bands) {
    if (ages && (age === undefined || !covers(ages, age))) continue
    for (const { upTo, severity } of steps) if (score <= upTo) return severity
  }
  return -1
}

interface ScalePlan {
  readonly min: number
  readonly conversions: readonly Conversion[]
  readonly bands: readonly Bands[]
}
type SubscalePlan = ScalePlan & Subscale & { readonly items: readonly Item[]; readonly weight: number }
type TotalPlan = ScalePlan & Total

/** What scoring needs of a definition for one informant, looked up once: check-ins come in their hundred thousands. */
interface Plan {
  readonly name: string
  readonly items: ReadonlyMap<string, Item>
  /** Items that are not optional. */
  readonly expected: number
  readonly ages: readonly { readonly from: number; readonly to: number }[]
  readonly scales: readonly (SubscalePlan | TotalPlan)[]
  readonly factors: ReturnType<typeof factorsFor>
}

const plans = new WeakMap<InstrumentDefinition, ReadonlyMap<string, Plan>>()

function planOf(definition: InstrumentDefinition): ReadonlyMap<string, Plan> {
  let known = plans.get(definition)
  if (!known) {
    known = new Map(definition.informants.map((informant) => [informant, planFor(definition, informant)]))
    plans.set(definition, known)
  }
  return known
}

function planFor(definition: InstrumentDefinition, informant: Informant): Plan {
  const ours = <Part extends { readonly scale: string; readonly informants?: readonly Informant[] }>(
    parts: readonly Part[] | undefined,
    id: string,
  ) => (parts ?? []).filter((part) => part.scale === id && isFor(part, informant))
  const scale = ({ id, range }: Subscale | Total) => ({
    min: range.min,
    conversions: ours(definition.conversions, id),
    bands: ours(definition.bands, id),
  })
  const subscales = definition.subscales.flatMap((subscale): SubscalePlan[] => {
    const items = itemsOf(definition, subscale.id, informant)
    if (items.length === 0) return []
    const weight = items.reduce((sum, item) => sum + (item.weight ?? 1), 0)
    return [{ ...subscale, ...scale(subscale), items, weight }]
  })
  const items = definition.items.filter((item) => isFor(item, informant))
  return {
    name: nameOf(definition),
    items: new Map(items.map((item) => [item.id, item])),
    expected: items.filter(({ optional }) => !optional).length,
    ages: (definition.ages ?? []).flatMap((one) => (one.ages && isFor(one, informant) ? [one.ages] : [])),
    factors: factorsFor(definition, informant),
    scales: [...subscales, ...(definition.totals ?? []).map((total) => ({ ...total, ...scale(total) }))],
  }
}
