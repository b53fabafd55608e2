import type { Bands, EcologicalLevel, InstrumentDefinition, Item } from './definition.ts'
import { type Element, tagsOf, wording } from './resilience-wheel-wording.ts'

/** The six elements of the Resilience Wheel. Source: domain reference, row 60. */
const elements: readonly { id: Element; title: string; level: EcologicalLevel }[] = [
  { id: 'bonding', title: 'Bonding', level: 'community' },
  { id: 'boundaries', title: 'Clear, consistent boundaries', level: 'community' },
  { id: 'life_skills', title: 'Life skills', level: 'individual' },
  { id: 'caring_support', title: 'Caring and support', level: 'family' },
  { id: 'high_expectations', title: 'High expectations', level: 'community' },
  { id: 'meaningful_participation', title: 'Meaningful participation', level: 'societal' },
]

const items: readonly Item[] = elements.flatMap(({ id, level }) =>
  [1, 2, 3].map((n) => ({ id: `${id}_${n}`, min: 1, max: 5, subscales: [id], tags: [id], level })),
)

/** Cairn's own check-in: six subscales of three items, 1 to 5, two of three answered. No clinical meaning. */
export const resilienceWheel: InstrumentDefinition = {
  id: 'resilience-wheel',
  version: 1,
  title: 'Resilience Wheel check-in',
  informants: ['self', 'staff', 'parent'],
  licence: { holder: 'Cairn', terms: 'Free to use with Cairn.' },
  scoreOnly: false,
  items,
  subscales: elements.map(({ id, title }) => ({
    id,
    title,
    method: 'mean',
    minAnswered: 2,
    polarity: 'higher is better',
    range: { min: 0, max: 100 },
  })),
}

/** Fifths of the scale, not of a population: nobody has been normed, and no label is a diagnosis. */
const fifths: Bands['steps'] = [
  { upTo: 20, label: 'lowest fifth of the scale', severity: 4 },
  { upTo: 40, label: 'second fifth of the scale', severity: 3 },
  { upTo: 60, label: 'middle fifth of the scale', severity: 2 },
  { upTo: 80, label: 'fourth fifth of the scale', severity: 1 },
  { upTo: 100, label: 'highest fifth of the scale', severity: 0 },
]

/**
 * The same questions with their wording, the factors that each speaks of, and bands. A check-in names the version that
 * was asked; the two are scored alike.
 */
export const resilienceWheel2: InstrumentDefinition = {
  ...resilienceWheel,
  version: 2,
  items: items.map((item) => ({ ...item, ...tagsOf(item) })),
  bands: elements.map(({ id }) => ({ scale: id, steps: fifths })),
  wording,
}
