import {
  type EcologicalLevel,
  type Informant,
  type InstrumentDefinition,
  type Item,
  isFor,
} from './definition.ts'

/** Mean of the answers that speak of one factor, 0 to 100. */
export interface FactorScore {
  /** The tag, or `level.` and the ecological level. */
  readonly id: string
  readonly score: number
}

/** How the score of an ecological level is named: no tag has a dot in it. */
export const factorOfLevel = (level: EcologicalLevel): string => `level.${level}`

interface FactorPlan {
  readonly id: string
  readonly items: readonly {
    readonly id: string
    readonly min: number
    readonly span: number
    readonly sign: 1 | -1
  }[]
}

/**
 * The factors that an informant's items speak of, by their tags and ecological levels. A tag that is a subscale of its
 * item says nothing new and is left out.
 */
export function factorsFor(definition: InstrumentDefinition, informant: Informant): readonly FactorPlan[] {
  const difficulties = new Set(
    definition.subscales.filter(({ polarity }) => polarity === 'lower is better').map(({ id }) => id),
  )
  // A high score is a strength: of a difficulty, the answer is turned round.
  const worth = ({ id, min, max, reverse = false, subscales }: Item) => {
    const turned = reverse !== subscales.some((subscale) => difficulties.has(subscale))
    return { id, min: turned ? max : min, span: max - min, sign: turned ? (-1 as const) : (1 as const) }
  }
  const factors = new Map<string, FactorPlan['items'][number][]>()
  for (const item of definition.items.filter((one) => isFor(one, informant))) {
    const tags = (item.tags ?? []).filter((tag) => !item.subscales.includes(tag))
    for (const id of [...tags, ...(item.level ? [factorOfLevel(item.level)] : [])])
      factors.set(id, [...(factors.get(id) ?? []), worth(item)])
  }
  return [...factors].map(([id, items]) => ({ id, items }))
}

/**
 * Each factor's mean over its answered items, all of them rescaled to 0–100 with 100 the strength. One of which less than
 * half of the items were answered has none and is left out.
 */
export function factorScores(
  plan: readonly FactorPlan[],
  answers: Readonly<Record<string, number>>,
): FactorScore[] {
  const scores: FactorScore[] = []
  for (const { id, items } of plan) {
    let sum = 0
    let answered = 0
    for (const item of items) {
      const answer = answers[item.id]
      if (answer === undefined) continue
      sum += ((answer - item.min) * item.sign) / item.span
      answered++
    }
    if (answered > 0 && answered * 2 >= items.length) scores.push({ id, score: (sum / answered) * 100 })
  }
  return scores
}
