import type { InstrumentDefinition } from './definition.ts'

/** Items by their place in the questionnaire. Source: domain reference, section 4. */
const scales: readonly (readonly [id: string, title: string, items: readonly number[]])[] = [
  ['social_phobia', 'Social phobia', [4, 7, 8, 12, 20, 30, 32, 38, 43]],
  ['panic', 'Panic', [3, 14, 24, 26, 28, 34, 36, 39, 41]],
  ['separation_anxiety', 'Separation anxiety', [5, 9, 17, 18, 33, 45, 46]],
  ['generalised_anxiety', 'Generalised anxiety', [1, 13, 22, 27, 35, 37]],
  ['obsessions', 'Obsessions and compulsions', [10, 16, 23, 31, 42, 44]],
  ['low_mood', 'Low mood', [2, 6, 11, 15, 19, 21, 25, 29, 40, 47]],
]

const anxiety = scales.slice(0, 5).map(([id]) => id)
const most = (ids: readonly string[]) =>
  scales.filter(([id]) => ids.includes(id)).reduce((sum, [, , items]) => sum + items.length * 3, 0)

/**
 * Revised Child Anxiety and Depression Scale, 47 items, scored alone: raw sums of complete subscales. T scores need
 * the norms by age and sex: an authority that may use them imports a version with conversions.
 */
export const rcads47: InstrumentDefinition = {
  id: 'rcads-47',
  version: 1,
  title: 'Revised Child Anxiety and Depression Scale, 47 items',
  informants: ['self', 'parent'],
  licence: {
    holder: 'Bruce F. Chorpita and Susan H. Spence',
    terms:
      'Free under the authors’ terms of use; no derivative without permission. Cairn holds no wording and no norms.',
  },
  scoreOnly: true,
  needs: ['norms'],
  items: Array.from({ length: 47 }, (_, index) => ({
    ...{ id: `rcads_${index + 1}`, min: 0, max: 3 },
    subscales: scales.flatMap(([id, , items]) => (items.includes(index + 1) ? [id] : [])),
  })),
  subscales: scales.map(([id, title, items]) => ({
    ...{ id, title, method: 'sum', minAnswered: items.length, polarity: 'lower is better' },
    range: { min: 0, max: items.length * 3 },
  })),
  totals: [
    {
      ...{ id: 'total_anxiety', title: 'Total anxiety', of: anxiety, method: 'sum' },
      polarity: 'lower is better',
      range: { min: 0, max: most(anxiety) },
    },
    {
      ...{ id: 'total_internalising', title: 'Total internalising', of: scales.map(([id]) => id) },
      method: 'sum',
      polarity: 'lower is better',
      range: { min: 0, max: most(scales.map(([id]) => id)) },
    },
  ],
}
