/** The programmes of the county; the first works by a known amount, the second does nothing. */
export const programmes = [
  {
    type: 'coping_skills',
    rest: '"approach":"cognitive_behavioural","technique":"problem_solving","targetDomain":"cognitive","level":"individual"',
    technique: 'problem_solving',
    effectAtFullDose: 0.35,
  },
  {
    type: 'peer_support',
    rest: '"approach":"strengths_based","technique":"talking","targetDomain":"social","level":"community"',
    technique: 'talking',
    effectAtFullDose: 0,
  },
] as const

export const plannedSessions = 10
