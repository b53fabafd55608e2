import type { EcologicalLevel, Informant, Item } from './definition.ts'

export type Element =
  | 'bonding'
  | 'boundaries'
  | 'life_skills'
  | 'caring_support'
  | 'high_expectations'
  | 'meaningful_participation'

/**
 * Factors that items speak of. Sources: domain reference, rows 3 (protective factors), 5 (key concepts), 7 (belonging)
 * and 57 (internal factors).
 */
export const factors = {
  protective: ['relationships', 'self_esteem', 'coping'],
  concepts: ['self_awareness', 'coping', 'positive_relationships', 'growth_mindset'],
  internal: ['optimism', 'self_efficacy', 'emotional_regulation'],
} as const

interface Question {
  readonly level: EcologicalLevel
  readonly tags: readonly string[]
  readonly self: string
  readonly staff: string
  readonly parent: string
}

/** How often, from 1 (never) to 5 (always). */
const questions: Readonly<Record<Element, readonly [Question, Question, Question]>> = {
  bonding: [
    {
      ...{ level: 'community', tags: ['relationships', 'positive_relationships', 'belonging'] },
      self: 'I feel that I belong at this school.',
      staff: 'This pupil seems to feel at home in school.',
      parent: 'My child feels at home at school.',
    },
    {
      ...{ level: 'community', tags: ['relationships', 'positive_relationships'] },
      self: 'I have someone my age to spend time with.',
      staff: 'This pupil has other pupils to spend time with.',
      parent: 'My child has friends to spend time with.',
    },
    {
      ...{ level: 'family', tags: ['relationships', 'positive_relationships'] },
      self: 'I feel close to the people I live with.',
      staff: 'This pupil speaks warmly of the people at home.',
      parent: 'My child feels close to the people at home.',
    },
  ],
  boundaries: [
    {
      ...{ level: 'community', tags: ['self_awareness'] },
      self: 'I know what is allowed and what is not.',
      staff: 'This pupil knows what is allowed and what is not.',
      parent: 'My child knows what is allowed and what is not.',
    },
    {
      ...{ level: 'community', tags: ['relationships'] },
      self: 'Rules are the same for everybody here.',
      staff: 'This pupil accepts rules as fair.',
      parent: 'My child finds the rules at school fair.',
    },
    {
      ...{ level: 'individual', tags: ['emotional_regulation', 'coping'] },
      self: 'When I am cross I can stop before I do something I regret.',
      staff: 'When cross, this pupil stops before it gets out of hand.',
      parent: 'When cross, my child can stop before it gets out of hand.',
    },
  ],
  life_skills: [
    {
      ...{ level: 'individual', tags: ['coping', 'self_efficacy'] },
      self: 'When something goes wrong I find a way to deal with it.',
      staff: 'This pupil finds ways to deal with setbacks.',
      parent: 'My child finds ways to deal with setbacks.',
    },
    {
      ...{ level: 'individual', tags: ['self_awareness', 'emotional_regulation'] },
      self: 'I can tell what I am feeling.',
      staff: 'This pupil can say what he or she feels.',
      parent: 'My child can say what he or she feels.',
    },
    {
      ...{ level: 'individual', tags: ['coping', 'self_efficacy'] },
      self: 'I can ask for help when I need it.',
      staff: 'This pupil asks for help when it is needed.',
      parent: 'My child asks for help when it is needed.',
    },
  ],
  caring_support: [
    {
      ...{ level: 'family', tags: ['relationships', 'positive_relationships'] },
      self: 'There is an adult at home who listens to me.',
      staff: 'This pupil has an adult at home who listens.',
      parent: 'My child has time with an adult at home who listens.',
    },
    {
      ...{ level: 'community', tags: ['relationships', 'trusted_adult'] },
      self: 'There is an adult at school I can turn to.',
      staff: 'This pupil has an adult in school to turn to.',
      parent: 'My child has an adult at school to turn to.',
    },
    {
      ...{ level: 'individual', tags: ['self_esteem'] },
      self: 'I like who I am.',
      staff: 'This pupil seems at ease with himself or herself.',
      parent: 'My child is at ease with himself or herself.',
    },
  ],
  high_expectations: [
    {
      ...{ level: 'individual', tags: ['growth_mindset', 'self_efficacy'] },
      self: 'If I keep practising I get better.',
      staff: 'This pupil keeps trying when work is hard.',
      parent: 'My child keeps trying when something is hard.',
    },
    {
      ...{ level: 'community', tags: ['self_esteem'] },
      self: 'My teachers believe that I can do well.',
      staff: 'This pupil knows that staff expect good things.',
      parent: 'My child feels that teachers expect good things.',
    },
    {
      ...{ level: 'individual', tags: ['optimism'] },
      self: 'I look forward to what is coming.',
      staff: 'This pupil looks forward to things.',
      parent: 'My child looks forward to things.',
    },
  ],
  meaningful_participation: [
    {
      ...{ level: 'community', tags: ['self_esteem', 'belonging'] },
      self: 'What I say counts in my class.',
      staff: 'This pupil’s views are heard in class.',
      parent: 'My child’s views are heard at school.',
    },
    {
      ...{ level: 'societal', tags: ['self_efficacy'] },
      self: 'I do things that help other people.',
      staff: 'This pupil does things that help others.',
      parent: 'My child does things that help others.',
    },
    {
      ...{ level: 'societal', tags: ['belonging', 'optimism'] },
      self: 'I take part in something outside of lessons.',
      staff: 'This pupil takes part in something outside of lessons.',
      parent: 'My child takes part in something outside of lessons.',
    },
  ],
}

const questionOf = (item: string): Question => {
  const element = item.slice(0, -2) as Element
  return questions[element][Number(item.slice(-1)) - 1]!
}

/** Tags and level of an item: its element, and the factors that it speaks of. */
export function tagsOf({ id, tags = [] }: Item): { tags: readonly string[]; level: EcologicalLevel } {
  const { level, tags: more } = questionOf(id)
  return { level, tags: [...tags, ...more] }
}

const version = (informant: Informant): Record<string, string> =>
  Object.fromEntries(
    Object.entries(questions).flatMap(([element, three]) =>
      three.map((question, i) => [`${element}_${i + 1}`, question[informant]]),
    ),
  )

export const wording = { self: version('self'), staff: version('staff'), parent: version('parent') }
