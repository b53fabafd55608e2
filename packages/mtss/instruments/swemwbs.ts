import type { InstrumentDefinition } from './definition.ts'

/** Metric for raw scores 7 to 35. Source: domain reference, section 4 (Stewart-Brown 2009). */
const metric = [
  7.0, 9.51, 11.25, 12.4, 13.33, 14.08, 14.75, 15.32, 15.84, 16.36, 16.88, 17.43, 17.98, 18.59, 19.25, 19.98,
  20.73, 21.54, 22.35, 23.21, 24.11, 25.03, 26.02, 27.03, 28.13, 29.31, 30.7, 32.55, 35.0,
]

/** Short Warwick-Edinburgh Mental Wellbeing Scale, scored alone: all seven items, raw to metric, population bands. */
export const swemwbs: InstrumentDefinition = {
  id: 'swemwbs',
  version: 1,
  title: 'Short Warwick-Edinburgh Mental Wellbeing Scale',
  informants: ['self'],
  ages: [{ ages: { from: 13, to: 99 } }],
  recallDays: 14,
  licence: {
    holder: 'University of Warwick and NHS Health Scotland',
    terms:
      'Free for non-commercial use after registration; a commercial licence otherwise; the copyright line must stand on every form. Cairn holds no wording.',
  },
  scoreOnly: true,
  items: Array.from({ length: 7 }, (_, i) => ({
    ...{ id: `swemwbs_${i + 1}`, min: 1, max: 5, subscales: ['wellbeing'] },
  })),
  subscales: [
    {
      ...{ id: 'wellbeing', title: 'Mental wellbeing', method: 'sum', minAnswered: 7 },
      polarity: 'higher is better',
      range: { min: 7, max: 35 },
    },
  ],
  conversions: [{ scale: 'wellbeing', points: metric }],
  // Low is 19.5 and less, high more than 27.5: Ng Fat 2017.
  bands: [
    {
      scale: 'wellbeing',
      steps: [
        { upTo: 19.5, label: 'low', severity: 2 },
        { upTo: 27.5, label: 'middle', severity: 1 },
        { upTo: 35, label: 'high', severity: 0 },
      ],
    },
  ],
}
