/** Who answers an instrument about a pupil. */
export type Informant = 'self' | 'staff' | 'parent'

/** Levels of the ecological model of resilience. Source: domain reference, row 61. */
export type EcologicalLevel = 'individual' | 'family' | 'community' | 'societal'

export interface Item {
  /** Stable; answers are sent by it. Wording is no part of a definition that figures are made from. */
  readonly id: string
  readonly min: number
  readonly max: number
  /** A high answer is a low score: counted as min + max - answer. */
  readonly reverse?: boolean
  /** Ids of the subscales that the item counts for. */
  readonly subscales: readonly string[]
  readonly tags?: readonly string[]
  readonly level?: EcologicalLevel
}

export interface Subscale {
  readonly id: string
  readonly title: string
  /** Mean of the answered items, each rescaled to 0–100 by its own range. */
  readonly method: 'mean'
  /** Answers below which the subscale has no score; never less than half of its items. */
  readonly minAnswered: number
  readonly polarity: 'higher is better' | 'lower is better'
}

/**
 * An instrument as data: immutable once published, each check-in names `id@version`.
 * Source: domain reference, section 4.
 */
export interface InstrumentDefinition {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly informants: readonly Informant[]
  readonly items: readonly Item[]
  readonly subscales: readonly Subscale[]
}

/** `resilience-wheel@1`: how a check-in names the definition. */
export const nameOf = ({ id, version }: InstrumentDefinition): string => `${id}@${version}`

/** What is wrong with a definition, in the order found; empty where it can be scored. */
export function flawsOf(definition: InstrumentDefinition): string[] {
  const flaws: string[] = []
  const subscales = new Set(definition.subscales.map(({ id }) => id))
  if (subscales.size !== definition.subscales.length) flaws.push('a subscale has the id of another')
  if (new Set(definition.items.map(({ id }) => id)).size !== definition.items.length)
    flaws.push('an item has the id of another')
  if (definition.informants.length === 0) flaws.push('nobody may answer')
  for (const item of definition.items) {
    if (!(Number.isInteger(item.min) && Number.isInteger(item.max) && item.min < item.max))
      flaws.push(`item ${item.id}: min must be a whole number below max`)
    if (!item.subscales.every((id) => subscales.has(id))) flaws.push(`item ${item.id}: no such subscale`)
  }
  for (const { id, minAnswered } of definition.subscales) {
    const items = definition.items.filter((item) => item.subscales.includes(id)).length
    if (
      !(Number.isInteger(minAnswered) && minAnswered >= 1 && minAnswered * 2 >= items && minAnswered <= items)
    )
      flaws.push(`subscale ${id}: minAnswered must be from half of its items to all of them`)
  }
  return flaws
}
