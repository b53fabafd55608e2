import type { Authority, HalfTerm, SchoolInput } from '@cairn/control-plane'

/** An invented authority: its code is one that the Department has never given out. */
export const demoAuthority: Authority = { code: 999, gssCode: null, name: 'Cairnshire (demonstration)' }

export interface DemoSchool {
  readonly urn: number
  readonly name: string
  readonly phase: 'PS' | 'SS' | 'SP'
  readonly pupils: number
  /** National curriculum years that it teaches. */
  readonly years: readonly string[]
  /** How lively it is: incidents and exclusions against the usual. */
  readonly trouble: number
  /** Share of pupils who answer a check-in. */
  readonly response: number
}

const primary = ['R', '1', '2', '3', '4', '5', '6']
const secondary = ['7', '8', '9', '10', '11']

/** Of different sizes, so that most of their figures can be shown and some are held back. */
export const demoSchools: readonly DemoSchool[] = [
  {
    urn: 899001,
    name: 'Brambledown Primary',
    phase: 'PS',
    pupils: 236,
    years: primary,
    trouble: 1,
    response: 0.84,
  },
  {
    urn: 899002,
    name: 'Oxmarsh Primary',
    phase: 'PS',
    pupils: 208,
    years: primary,
    trouble: 1.6,
    response: 0.71,
  },
  {
    urn: 899003,
    name: 'Saint Wilfrida’s Primary',
    phase: 'PS',
    pupils: 152,
    years: primary,
    trouble: 0.7,
    response: 0.9,
  },
  {
    urn: 899004,
    name: 'Penny Lane End Primary',
    phase: 'PS',
    pupils: 118,
    years: primary,
    trouble: 0.9,
    response: 0.78,
  },
  {
    urn: 899005,
    name: 'High Tarn Primary',
    phase: 'PS',
    pupils: 38,
    years: primary,
    trouble: 0.5,
    response: 0.95,
  },
  {
    urn: 899006,
    name: 'Cairnford Academy',
    phase: 'SS',
    pupils: 640,
    years: secondary,
    trouble: 1.3,
    response: 0.62,
  },
  {
    urn: 899007,
    name: 'Westerbeck School',
    phase: 'SS',
    pupils: 520,
    years: secondary,
    trouble: 0.8,
    response: 0.74,
  },
  {
    urn: 899008,
    name: 'The Larches Special',
    phase: 'SP',
    pupils: 66,
    years: [...primary, ...secondary],
    trouble: 1.8,
    response: 0.58,
  },
]

/** As the control plane registers them. */
export const demoRegister: readonly SchoolInput[] = demoSchools.map(({ urn, name, phase }, i) => ({
  urn,
  authority: demoAuthority.code,
  laestab: demoAuthority.code * 10_000 + { PS: 2_001, SS: 4_001, SP: 7_001 }[phase] + i,
  name: `${name} (invented)`,
  phase,
  synthetic: true,
}))

export const demoYear = 2025

export const demoHalfTerms: readonly HalfTerm[] = [
  { firstDay: '2025-09-02', lastDay: '2025-10-24' },
  { firstDay: '2025-11-03', lastDay: '2025-12-19' },
  { firstDay: '2026-01-05', lastDay: '2026-02-13' },
  { firstDay: '2026-02-23', lastDay: '2026-03-27' },
  { firstDay: '2026-04-13', lastDay: '2026-05-22' },
  { firstDay: '2026-06-01', lastDay: '2026-07-21' },
]

/** Mondays of the twelve weeks that are told of, around the October break. */
export const demoWeeks: readonly string[] = [
  '2025-09-08',
  '2025-09-15',
  '2025-09-22',
  '2025-09-29',
  '2025-10-06',
  '2025-10-13',
  '2025-10-20',
  '2025-11-03',
  '2025-11-10',
  '2025-11-17',
  '2025-11-24',
  '2025-12-01',
]
