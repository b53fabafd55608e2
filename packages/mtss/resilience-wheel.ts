import type { EcologicalLevel, InstrumentDefinition } from './instrument.ts'

/** The six elements of the Resilience Wheel. Source: domain reference, row 60. */
const elements: readonly { id: string; title: string; level: EcologicalLevel }[] = [
  { id: 'bonding', title: 'Bonding', level: 'community' },
  { id: 'boundaries', title: 'Clear, consistent boundaries', level: 'community' },
  { id: 'life_skills', title: 'Life skills', level: 'individual' },
  { id: 'caring_support', title: 'Caring and support', level: 'family' },
  { id: 'high_expectations', title: 'High expectations', level: 'community' },
  { id: 'meaningful_participation', title: 'Meaningful participation', level: 'societal' },
]

/** Cairn's own check-in: six subscales of three items, 1 to 5, two of three answered. No clinical meaning. */
export const resilienceWheel: InstrumentDefinition = {
  id: 'resilience-wheel',
  version: 1,
  title: 'Resilience Wheel check-in',
  informants: ['self', 'staff', 'parent'],
  items: elements.flatMap(({ id, level }) =>
    [1, 2, 3].map((n) => ({ id: `${id}_${n}`, min: 1, max: 5, subscales: [id], tags: [id], level })),
  ),
  subscales: elements.map(({ id, title }) => ({
    id,
    title,
    method: 'mean',
    minAnswered: 2,
    polarity: 'higher is better',
  })),
}

/** The instruments that come with Cairn. */
export const instruments: readonly InstrumentDefinition[] = [resilienceWheel]
