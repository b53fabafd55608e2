import type { InstrumentDefinition } from './definition.ts'

/** Source: domain reference, section 4. */
const subscales: readonly (readonly [id: string, title: string])[] = [
  ['communication', 'Communication and cooperation'],
  ['self_esteem', 'Self-esteem'],
  ['empathy', 'Empathy'],
  ['problem_solving', 'Problem solving'],
  ['goals', 'Goals and aspirations'],
  ['family_connection', 'Family connection'],
  ['school_connection', 'School connection'],
  ['community_connection', 'Community connection'],
  ['autonomy', 'Autonomy'],
  ['prosocial_peers', 'Pro-social peers'],
  ['community_participation', 'Participation in community'],
  ['peer_support', 'Peer support'],
]

/**
 * Student Resilience Survey: 47 items, never (1) to always (5), and its twelve subscales by name. Which item counts for
 * which is the holder's to say: an authority that has the form imports a version with the assignment. Until then
 * check-ins are taken and counted, and have no scores.
 */
export const studentResilienceSurvey: InstrumentDefinition = {
  id: 'student-resilience-survey',
  version: 1,
  title: 'Student Resilience Survey',
  informants: ['self'],
  licence: {
    holder: 'Child Outcomes Research Consortium',
    terms:
      'Free, through the Child Outcomes Research Consortium. Cairn holds no wording and no assignment of items.',
  },
  scoreOnly: true,
  needs: ['items'],
  items: Array.from({ length: 47 }, (_, i) => ({ id: `srs_${i + 1}`, min: 1, max: 5, subscales: [] })),
  subscales: subscales.map(([id, title]) => ({
    ...{ id, title, method: 'mean', minAnswered: 1, polarity: 'higher is better' },
    range: { min: 0, max: 100 },
  })),
}
