import { type Informant, type InstrumentDefinition, type Item, nameOf } from './instrument.ts'

/** Score of one subscale, 0–100, and how many of its items were answered. */
export interface SubscaleScore {
  readonly id: string
  readonly score: number
  readonly answered: number
}

export type Scored =
  | { readonly subscales: readonly SubscaleScore[] }
  /** The rule that the check-in broke, and the JSON pointer of its field. Names an item only where it is one of the definition's. */
  | { readonly refused: string; readonly field: string }

export type Answers = Readonly<Record<string, number>>

/**
 * Scores one check-in. A subscale with too few answers has no score and is left out; a check-in of which none has
 * one is still a check-in.
 */
export function score(definition: InstrumentDefinition, informant: string, answers: Answers): Scored {
  if (!definition.informants.includes(informant as Informant))
    return { refused: 'informantOfInstrument', field: '/data/informant' }
  const { items, subscales } = planOf(definition)
  for (const id in answers) {
    const answer = answers[id]!
    const item = items.get(id)
    if (!item) return { refused: 'itemOfInstrument', field: '/data/answers' }
    if (!Number.isInteger(answer) || answer < item.min || answer > item.max)
      return { refused: 'rangeOfItem', field: `/data/answers/${id}` }
  }
  // In the definition's order, so that the same answers give the same bits in whatever order they come.
  const scored: SubscaleScore[] = []
  for (const { id, minAnswered, items } of subscales) {
    let sum = 0
    let answered = 0
    for (const item of items) {
      const answer = answers[item.id]
      if (answer === undefined) continue
      sum += ((item.reverse ? item.max - answer : answer - item.min) / (item.max - item.min)) * 100
      answered++
    }
    if (answered >= minAnswered) scored.push({ id, score: sum / answered, answered })
  }
  return { subscales: scored }
}

/** What scoring needs of a definition, looked up once: check-ins come in their hundred thousands. */
interface Plan {
  readonly items: ReadonlyMap<string, Item>
  readonly subscales: readonly { id: string; minAnswered: number; items: readonly Item[] }[]
}

const plans = new WeakMap<InstrumentDefinition, Plan>()

function planOf(definition: InstrumentDefinition): Plan {
  let plan = plans.get(definition)
  if (!plan) {
    plan = {
      items: new Map(definition.items.map((item) => [item.id, item])),
      subscales: definition.subscales.map(({ id, minAnswered }) => ({
        ...{ id, minAnswered },
        items: definition.items.filter((item) => item.subscales.includes(id)),
      })),
    }
    plans.set(definition, plan)
  }
  return plan
}

/** Scores check-ins by the instruments given; the shape that event types ask for (`Score` of contracts). */
export function scorer(
  definitions: readonly InstrumentDefinition[],
): (instrument: string, informant: string, answers: Answers) => Scored {
  const byName = new Map(definitions.map((definition) => [nameOf(definition), definition]))
  return (instrument, informant, answers) => {
    const definition = byName.get(instrument)
    return definition
      ? score(definition, informant, answers)
      : { refused: 'knownInstrument', field: '/data/instrument' }
  }
}
