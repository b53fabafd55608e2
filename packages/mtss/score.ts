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
  const items = itemsOf(definition)
  for (const [id, answer] of Object.entries(answers)) {
    const item = items.get(id)
    if (!item) return { refused: 'itemOfInstrument', field: '/data/answers' }
    if (!Number.isInteger(answer) || answer < item.min || answer > item.max)
      return { refused: 'rangeOfItem', field: `/data/answers/${id}` }
  }
  const subscales: SubscaleScore[] = []
  for (const { id, minAnswered } of definition.subscales) {
    const values = definition.items
      .filter((item) => item.subscales.includes(id) && Object.hasOwn(answers, item.id))
      .map((item) => rescaled(item, answers[item.id]!))
    if (values.length >= minAnswered) subscales.push({ id, score: mean(values), answered: values.length })
  }
  return { subscales }
}

/** The answer on a scale of 0–100, turned round where the item is. */
function rescaled({ min, max, reverse }: Item, answer: number): number {
  const value = reverse ? min + max - answer : answer
  return ((value - min) / (max - min)) * 100
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const itemMaps = new WeakMap<InstrumentDefinition, ReadonlyMap<string, Item>>()
function itemsOf(definition: InstrumentDefinition): ReadonlyMap<string, Item> {
  let items = itemMaps.get(definition)
  if (!items) {
    items = new Map(definition.items.map((item) => [item.id, item]))
    itemMaps.set(definition, items)
  }
  return items
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
