import type { Bands, Informant, InstrumentDefinition, Item, Reliability, Subscale } from './definition.ts'

/**
 * Items by their place in the questionnaire, which runs through the five scales in turns: 1 considerate (prosocial),
 * 2 restless (hyperactivity) … 25 attends. Source: domain reference, section 4, and Goodman 1997.
 */
const scales = {
  emotional: [3, 8, 13, 16, 24],
  conduct: [5, 7, 12, 18, 22],
  hyperactivity: [2, 10, 15, 21, 25],
  peer: [6, 11, 14, 19, 23],
  prosocial: [1, 4, 9, 17, 20],
} as const
type Scale = keyof typeof scales

const reversed: readonly number[] = [7, 11, 14, 21, 25]

const titles: Readonly<Record<Scale, string>> = {
  emotional: 'Emotional symptoms',
  conduct: 'Conduct problems',
  hyperactivity: 'Hyperactivity and inattention',
  peer: 'Peer problems',
  prosocial: 'Prosocial behaviour',
}

const questions: readonly Item[] = Array.from({ length: 25 }, (_, index) => {
  const place = index + 1
  const scale = (Object.keys(scales) as Scale[]).find((id) =>
    (scales[id] as readonly number[]).includes(place),
  )!
  return {
    ...{ id: `sdq_${place}`, min: 0, max: 2, subscales: [scale] },
    ...(reversed.includes(place) ? { reverse: true } : {}),
  }
})

/**
 * The impact supplement: distress, and interference with four parts of life, of which teachers see two. Answers 0 to 3
 * (not at all, only a little, quite a lot, a great deal) count 0, 0, 1, 2. Nothing is published about missing answers: they are prorated like those of the five scales.
 */
const impact: readonly Item[] = (
  [
    ['distress', undefined],
    ['home', ['self', 'parent']],
    ['friends', undefined],
    ['classroom', undefined],
    ['leisure', ['self', 'parent']],
  ] as readonly [string, readonly Informant[] | undefined][]
).map(([part, informants]) => ({
  ...{ id: `impact_${part}`, min: 0, max: 3, optional: true, subscales: ['impact'] },
  values: [0, 0, 1, 2],
  ...(informants ? { informants } : {}),
}))

const worse = ['close to average', 'slightly raised', 'high', 'very high']
const lower = ['very low', 'low', 'slightly lowered', 'close to average']

/** Upper ends of the four bands: total, emotional, conduct, hyperactivity, peer, prosocial, impact. */
const ends: Readonly<Record<Informant, Readonly<Record<string, readonly number[]>>>> = {
  parent: {
    total_difficulties: [13, 16, 19, 40],
    emotional: [3, 4, 6, 10],
    conduct: [2, 3, 5, 10],
    hyperactivity: [5, 7, 8, 10],
    peer: [2, 3, 4, 10],
    prosocial: [5, 6, 7, 10],
    impact: [0, 1, 2, 10],
  },
  staff: {
    total_difficulties: [11, 15, 18, 40],
    emotional: [3, 4, 5, 10],
    conduct: [2, 3, 4, 10],
    hyperactivity: [5, 7, 8, 10],
    peer: [2, 4, 5, 10],
    prosocial: [3, 4, 5, 10],
    impact: [0, 1, 2, 6],
  },
  self: {
    total_difficulties: [14, 17, 19, 40],
    emotional: [4, 5, 6, 10],
    conduct: [3, 4, 5, 10],
    hyperactivity: [5, 6, 7, 10],
    peer: [2, 3, 4, 10],
    prosocial: [4, 5, 6, 10],
    impact: [0, 1, 2, 10],
  },
}

const bands: readonly Bands[] = (Object.keys(ends) as Informant[]).flatMap((informant) =>
  Object.entries(ends[informant]).map(([scale, upTo]) => ({
    scale,
    informants: [informant],
    steps: upTo.map((end, i) =>
      scale === 'prosocial'
        ? { upTo: end, label: lower[i]!, severity: 3 - i }
        : { upTo: end, label: worse[i]!, severity: i },
    ),
  })),
)

const total = (id: string, title: string, of: readonly Scale[]) => ({
  ...{ id, title, of, method: 'sum' as const, polarity: 'lower is better' as const },
  range: { min: 0, max: of.length * 10 },
})

/** Strengths and Difficulties Questionnaire, scored alone: 25 items and the impact supplement, four-band cut points. */
export const sdq: InstrumentDefinition = {
  id: 'sdq',
  version: 1,
  title: 'Strengths and Difficulties Questionnaire',
  informants: ['self', 'staff', 'parent'],
  ages: [
    { informants: ['self'], ages: { from: 11, to: 17 } },
    { informants: ['staff', 'parent'], ages: { from: 2, to: 17 } },
  ],
  licence: {
    holder: 'Youthinmind',
    terms:
      'Copyright Robert Goodman. Paper forms are free to non-profit bodies; no electronic version without authorisation, no change of wording, no subsets. Cairn holds no wording: answers come from a form that the school is licensed to use.',
  },
  scoreOnly: true,
  items: [...questions, ...impact],
  subscales: [
    ...(Object.keys(scales) as Scale[]).map(
      (id): Subscale => ({
        ...{ id, title: titles[id], method: 'sum', minAnswered: 3, prorate: 'round' },
        polarity: id === 'prosocial' ? 'higher is better' : 'lower is better',
        range: { min: 0, max: 10 },
      }),
    ),
    {
      ...{ id: 'impact', title: 'Impact', method: 'lookup', minAnswered: 3, prorate: 'round' },
      polarity: 'lower is better',
      range: { min: 0, max: 10 },
    },
  ],
  totals: [
    total('total_difficulties', 'Total difficulties', ['emotional', 'conduct', 'hyperactivity', 'peer']),
    total('externalising', 'Externalising', ['conduct', 'hyperactivity']),
    total('internalising', 'Internalising', ['emotional', 'peer']),
  ],
  bands,
}

/** Cronbach’s α and standard deviation, of British children aged 5 to 15 (self: 11 to 15). */
const consistency: Readonly<
  Record<Informant, Readonly<Record<string, readonly [alpha: number, sd: number]>>>
> = {
  parent: {
    total_difficulties: [0.82, 5.8],
    emotional: [0.67, 2],
    conduct: [0.63, 1.7],
    hyperactivity: [0.77, 2.6],
    peer: [0.57, 1.7],
    prosocial: [0.65, 1.6],
  },
  staff: {
    total_difficulties: [0.87, 6],
    emotional: [0.78, 1.9],
    conduct: [0.74, 1.6],
    hyperactivity: [0.88, 2.8],
    peer: [0.7, 1.8],
    prosocial: [0.84, 2.4],
  },
  self: {
    total_difficulties: [0.8, 5.2],
    emotional: [0.66, 2.1],
    conduct: [0.6, 1.7],
    hyperactivity: [0.67, 2.2],
    peer: [0.41, 1.4],
    prosocial: [0.66, 1.7],
  },
}

const reliability: readonly Reliability[] = (Object.keys(consistency) as Informant[]).flatMap((informant) =>
  Object.entries(consistency[informant]).map(([scale, [alpha, sd]]) => ({
    ...{ scale, informants: [informant], reliability: alpha, sd },
    source:
      'Cronbach’s α: Goodman (2001), J Am Acad Child Adolesc Psychiatry 40(11), 1337–1345; SD: Meltzer et al. (2000), Britain, ages 5 to 15',
  })),
)

/** The same scores; what reliable change needs is in it besides. The impact supplement and the two halves of the total have none. */
export const sdq2: InstrumentDefinition = { ...sdq, version: 2, reliability }
