import type { CodeSet } from './code-set.ts'

const source = 'Cairn, after the domain reference, sections 1 and 3'

/** Several kinds of a set in one line each: code and label. */
const codes = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([code, label]) => ({ code, label }))

export const interventionTypes: CodeSet = {
  id: 'intervention-type',
  version: 1,
  title: 'Types of intervention',
  source,
  codes: codes({
    cbt: 'Work on thoughts and behaviour (CBT-informed)',
    coping_skills: 'Coping skills',
    counselling: 'Counselling',
    emotional_literacy: 'Emotional literacy support',
    family_support: 'Family support',
    mentoring: 'Mentoring by an adult',
    mindfulness: 'Mindfulness',
    nurture_group: 'Nurture group',
    peer_support: 'Peer support or peer mentoring',
    restorative: 'Restorative practice',
    social_skills: 'Social skills',
    other: 'Other',
  }),
}

export const interventionApproaches: CodeSet = {
  id: 'intervention-approach',
  version: 1,
  title: 'Approaches that an intervention is built on',
  source,
  codes: codes({
    behaviourist: 'Behaviourist',
    cognitive_behavioural: 'Cognitive-behavioural',
    cognitive_development: 'Cognitive development',
    ecological: 'Ecological',
    psychodynamic: 'Psychodynamic',
    restorative: 'Restorative',
    strengths_based: 'Strengths-based',
    trauma_informed: 'Trauma-informed',
    other: 'Other',
  }),
}

export const interventionTechniques: CodeSet = {
  id: 'intervention-technique',
  version: 1,
  title: 'Techniques used in a session',
  source,
  codes: codes({
    breathing: 'Breathing',
    goal_setting: 'Goal setting',
    grounding: 'Grounding',
    guided_imagery: 'Guided imagery',
    identifying_emotions: 'Identifying emotions',
    mindfulness_practice: 'Mindfulness practice',
    muscle_relaxation: 'Progressive muscle relaxation',
    problem_solving: 'Structured problem-solving',
    reappraisal: 'Reappraisal',
    restorative_conversation: 'Restorative conversation',
    role_play: 'Role play',
    talking: 'Talking and listening',
    other: 'Other',
  }),
}

export const targetDomains: CodeSet = {
  id: 'target-domain',
  version: 1,
  title: 'Kind of resilience that an intervention aims at',
  source: 'Domain reference, row 62',
  codes: codes({ cognitive: 'Cognitive', emotional: 'Emotional', social: 'Social' }),
}

export const ecologicalLevels: CodeSet = {
  id: 'ecological-level',
  version: 1,
  title: 'Levels of the ecological resilience model',
  source: 'Domain reference, row 61',
  codes: codes({ individual: 'Individual', family: 'Family', community: 'Community', societal: 'Societal' }),
}

export const supportEndReasons: CodeSet = {
  id: 'support-end-reason',
  version: 1,
  title: 'Why a plan or an intervention ended, or a pupil left a tier',
  source,
  codes: codes({
    goal_met: 'The goal was met and held',
    planned_end: 'Planned end',
    transfer: 'Moved to another provision',
    left_school: 'Left the school',
    declined: 'The pupil or the family declined',
    escalated: 'More support is needed',
    not_working: 'No progress: something else is tried',
    withdrawn: 'Participation was withdrawn',
  }),
}

export const planReviewOutcomes: CodeSet = {
  id: 'plan-review-outcome',
  version: 1,
  title: 'Outcomes of the review of a plan',
  source: 'Graduated approach: assess, plan, do, review',
  codes: codes({
    continue: 'Go on as planned',
    adapt: 'Change the support',
    increase: 'More support',
    reduce: 'Less support',
    close: 'Close the plan',
  }),
}

export const goalAreas: CodeSet = {
  id: 'goal-area',
  version: 1,
  title: 'What a goal is about',
  source,
  codes: codes({
    belonging: 'Belonging',
    behaviour: 'Behaviour',
    attendance: 'Attendance',
    coping: 'Coping',
    emotional_regulation: 'Emotional regulation',
    friendships: 'Friendships',
    learning: 'Taking part in learning',
    self_esteem: 'Self-esteem',
    wellbeing: 'Wellbeing at home and at school',
  }),
}

export const tierDomains: CodeSet = {
  id: 'tier-domain',
  version: 1,
  title: 'Domains in which a pupil has a tier',
  source,
  codes: codes({
    semh: 'Social, emotional and mental health',
    behaviour: 'Behaviour',
    attendance: 'Attendance',
  }),
}

export const tierReasons: CodeSet = {
  id: 'tier-reason',
  version: 1,
  title: 'Why a person assigned a tier',
  source,
  codes: codes({
    recommended: 'As Cairn recommended',
    screening: 'Result of a screening',
    incidents: 'Incidents',
    attendance: 'Attendance',
    progress: 'Progress: less support is needed',
    no_progress: 'No progress at the present tier',
    staff_concern: 'Concern of staff',
    family_concern: 'Concern of the family',
    external_advice: 'Advice of an outside agency',
    transferred_in: 'Support carried on from another school',
  }),
}

/** A role and never a name: who decides is no figure. */
export const decisionRoles: CodeSet = {
  id: 'decision-role',
  version: 1,
  title: 'Role of the person who decided',
  source,
  codes: codes({
    mental_health_lead: 'Senior mental health lead',
    senco: 'SENCO',
    pastoral_lead: 'Pastoral lead or head of year',
    class_teacher: 'Class teacher or tutor',
    headteacher: 'Headteacher or senior leader',
    support_team: 'Meeting of the support team',
  }),
}
