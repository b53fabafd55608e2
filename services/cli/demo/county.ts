import type { Authority, SchoolInput } from '@cairn/control-plane'
import { halfTermsOf, primaryYears, type SimulatedSchool, secondaryYears } from '@cairn/simulation'

/** An invented authority: its code is one that the Department has never given out. */
export const demoAuthority: Authority = { code: 999, gssCode: null, name: 'Cairnshire (demonstration)' }

const usual = { fsm: 0.22, response: 0.8, trouble: 1 }
type Kind = keyof typeof kinds
const kinds = {
  PS: { laestab: 2_001, years: primaryYears },
  SS: { laestab: 4_001, years: secondaryYears },
  SP: { laestab: 7_001, years: [...primaryYears, ...secondaryYears] },
} as const

/** Of different sizes, so that most of their figures can be shown and some are held back. */
const schools: readonly [name: string, phase: Kind, pupils: number, own: Partial<typeof usual>][] = [
  ['Brambledown Primary', 'PS', 236, { response: 0.84 }],
  ['Oxmarsh Primary', 'PS', 208, { trouble: 1.6, fsm: 0.38, response: 0.71 }],
  ['Saint Wilfrida’s Primary', 'PS', 152, { trouble: 0.7, fsm: 0.1, response: 0.9 }],
  ['Penny Lane End Primary', 'PS', 118, { trouble: 0.9 }],
  ['High Tarn Primary', 'PS', 38, { trouble: 0.5, response: 0.95 }],
  ['Cairnford Academy', 'SS', 420, { trouble: 1.4, fsm: 0.3, response: 0.68 }],
  ['Westerbeck School', 'SS', 330, { trouble: 0.9, response: 0.74 }],
  ['The Larches Special', 'SP', 66, { trouble: 2, fsm: 0.42, response: 0.6 }],
  ['Fernley Primary', 'PS', 142, { trouble: 1.2, fsm: 0.3 }],
  ['Low Gate Primary', 'PS', 96, { trouble: 0.8, fsm: 0.14 }],
  ['Marl Hill Primary', 'PS', 164, { trouble: 1.1 }],
  ['Tollbeck Primary', 'PS', 124, { fsm: 0.18, response: 0.86 }],
]

/** Asked each fortnight, so that the first start is soon ready. */
export const demoSchools: readonly SimulatedSchool[] = schools.map(([name, phase, pupils, own], i) => ({
  ...{ urn: 899_001 + i, authority: demoAuthority.code, name: `${name} (invented)`, phase, pupils },
  ...{ laestab: demoAuthority.code * 10_000 + kinds[phase].laestab + i, years: kinds[phase].years },
  ...{ ...usual, weekly: false, ...own },
}))

/** As the control plane registers them. */
export const demoRegister: readonly SchoolInput[] = demoSchools.map(
  ({ urn, authority, laestab, name, phase }) => ({ urn, authority, laestab, name, phase, synthetic: true }),
)

/** 2025/26 whole, so that it can be closed, and the first ten weeks of the year after it. */
export const demoWeeks = 50
export const demoYears = [2025, 2026].map((academicYear, i) => ({ academicYear, halfTerms: halfTermsOf(i) }))
