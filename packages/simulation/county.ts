import type { Streams } from './random.ts'

/** An invented school. Its URN is in a range of its own, in which no real school has one. */
export interface SimulatedSchool {
  readonly urn: number
  readonly authority: number
  readonly laestab: number
  readonly name: string
  readonly phase: 'PS' | 'SS' | 'SP'
  readonly pupils: number
  readonly years: readonly string[]
  /** Share of its pupils who are eligible for free school meals. */
  readonly fsm: number
  /** Share of pupils who answer a check-in. */
  readonly response: number
  /** Asks each week, and not each fortnight. */
  readonly weekly: boolean
  /** Incidents against the usual. */
  readonly trouble: number
}

/** Codes that the Department has never given out; 999 is the demonstration's. */
const firstAuthority = 990
const firstUrn = 880_001

export const primaryYears = ['R', '1', '2', '3', '4', '5', '6'] as const
export const secondaryYears = ['7', '8', '9', '10', '11'] as const

const authorityNames = [
  'Aldermarch',
  'Birkenvale',
  'Carrowshire',
  'Dunmere',
  'Eskerland',
  'Fennshire',
  'Garthside',
  'Holmshire',
  'Ivelmarch',
]
const beginnings = 'Alder Ash Birch Bramble Brook Cold Crow Dun Elm Fern Gold Haw Hazel High Lark'.split(' ')
const endings = 'beck bridge bury combe croft dale field ford gate ham ley mere ridge stead wick'.split(' ')
const kinds = { PS: 'Primary', SS: 'Academy', SP: 'Special' } as const
const numbers = { PS: 2_001, SS: 4_001, SP: 7_001 } as const

/** The invented authority at `index`, from 0. */
export const simulatedAuthority = (index: number): { code: number; name: string; gssCode: null } => ({
  code: firstAuthority + index,
  name: `${authorityNames[index]} (simulated)`,
  gssCode: null,
})

/**
 * The schools of the county, dealt to its authorities in turn. Sizes are lognormal around a mean of 280 pupils
 * (primary), 1,050 (secondary) and 110 (special). `random` has one stream a school.
 */
export function simulatedSchools(authorities: number, schools: number, random: Streams): SimulatedSchool[] {
  return Array.from({ length: schools }, (_, index) => {
    const r = random.of(index)
    const phase = index % 5 === 4 ? (index % 50 === 24 ? 'SP' : 'SS') : 'PS'
    const [mean, spread] = { PS: [280, 0.45], SS: [1_050, 0.35], SP: [110, 0.4] }[phase] as [number, number]
    const size = Math.round(mean * Math.exp(spread * r.normal() - (spread * spread) / 2))
    const authority = firstAuthority + (index % authorities)
    const round = Math.floor(index / (beginnings.length * endings.length))
    const name = `${beginnings[index % 15]}${endings[(index + Math.floor(index / 15)) % 15]}`
    return {
      urn: firstUrn + index,
      authority,
      laestab: authority * 10_000 + numbers[phase] + Math.floor(index / authorities),
      name: `${name} ${kinds[phase]}${round > 0 ? ` ${round + 1}` : ''} (simulated)`,
      phase,
      pupils: Math.min(2_400, Math.max(30, size)),
      years: { PS: primaryYears, SS: secondaryYears, SP: [...primaryYears, ...secondaryYears] }[phase],
      // Clustered by school: logit-normal, about 24 % in the mean.
      fsm: 1 / (1 + Math.exp(1.3 - 0.75 * r.normal() - (phase === 'SP' ? 0.9 : 0))),
      response: 0.65 + 0.3 * r.next(),
      weekly: r.chance(0.75),
      trouble: Math.exp(0.4 * r.normal() - 0.08) * { PS: 0.7, SS: 1.3, SP: 1.6 }[phase],
    }
  })
}
