import { incidentReported } from '@cairn/contracts'
import { count, type Metric, metric, metrics, proportion, pupils, rate } from '@cairn/metrics'
import { expect } from 'vitest'
import { installation, type SeedCell, seed } from '../installation.ts'
import { headcount } from './likeness.ts'

/**
 * For tests: metrics that keep single characteristics of pupils with their events, so that what they come to can be worked
 * out beside. Comparisons are generic over the registry.
 */
const kept = { nc_year: 'Year', sex: 'Sex', fsm: 'FSM' } as const
const dimensions = Object.fromEntries(Object.entries(kept).map(([id, title]) => [id, { title, value: id }]))
const shared = { unit: 'x', polarity: 'lower is better', answers: [] } as const
const stored = {
  ...{ ...shared, facts: incidentReported, dimensions, interval: 'none' as const },
  breakdowns: [[], ['nc_year'], ['sex'], ['fsm']],
  release: 'schools',
} as const
const events = metric({
  ...stored,
  id: 'test_events',
  title: 'Events',
  definition: 'Events',
  measure: count(),
})
const children = metric({
  ...stored,
  id: 'test_pupils',
  title: 'Pupils',
  definition: 'Pupils',
  measure: pupils(),
})
const eventRate = rate({
  ...{ ...shared, id: 'test_rate', title: 'Rate', definition: 'Rate', per: 100 },
  ...{ numerator: events, denominator: headcount },
})
const pupilShare = proportion({
  ...{ ...shared, id: 'test_share', title: 'Share', definition: 'Share' },
  ...{ numerator: children, denominator: headcount },
})

export function registerTestMetrics(): void {
  for (const one of [events, children, eventRate, pupilShare])
    (metrics as Map<string, Metric>).set(one.id, one)
}

export const years = ['7', '8'] as const
export const code = 855

export interface TestSchool {
  readonly urn: number
  readonly phase: 'PS' | 'SS'
  /** Pupils and events of year 7 and year 8. */
  readonly pupils: readonly [number, number]
  readonly events: readonly [number, number]
  readonly fsm: number
  readonly sen: number
}

/** Twelve schools of different size, need and events; every number of theirs can be shown. */
export const schools: readonly TestSchool[] = Array.from({ length: 12 }, (_, i) => ({
  urn: 812301 + i,
  phase: i < 8 ? 'PS' : 'SS',
  pupils: [100 + 37 * i, 90 + 21 * ((i * 5) % 12)],
  events: [9 + 5 * ((i * 7) % 12), 12 + 3 * ((i * 11) % 12)],
  fsm: 20 + 11 * ((i * 5) % 12),
  sen: 15 + 4 * ((i * 7) % 12),
}))

export const nameOf = (urn: number): string => `School ${String.fromCharCode(65 + ((urn * 7) % 12))}`

/** Cells of the academic year 2016/17, as a drain would write them. */
export function cellsOf(all: readonly TestSchool[]): SeedCell[] {
  return all.flatMap(({ urn: school, pupils: n, events: x, fsm, sen }) => {
    const total = n[0] + n[1]
    const byYear = (of: readonly [number, number]) => ({ 'nc_year=7': of[0], 'nc_year=8': of[1] })
    const sum = x[0] + x[1]
    const plan = Math.min(10, total)
    const resolved = sum < 5 ? sum : Math.round(sum * 0.7)
    const withFsm = Math.round(sum * 0.4)
    const counts = {
      ...{ '': sum, ...byYear(x) },
      ...{
        'fsm=yes': withFsm,
        'fsm=no': sum - withFsm,
        'sex=F': Math.floor(sum / 2),
        'sex=M': Math.ceil(sum / 2),
      },
    }
    const at = (id: string, period: number, of: SeedCell['counts'], grain?: SeedCell['grain']): SeedCell => ({
      ...{ authority: code, school, metric: id, period, counts: of },
      ...(grain && { grain }),
    })
    /** Pupils are counted in each period anew; these are all of one week, the first of the half-term. */
    const pupilsAt = (id: string, of: SeedCell['counts']) => [
      ...[at(id, 20161003, of), at(id, 201601, of, 'half_term'), at(id, 201601, of, 'term')],
      at(id, 2016, of, 'year'),
    ]
    return [
      at('headcount', 20170116, {
        ...{ '': total, 'census=spring': total, ...byYear(n) },
        ...{
          'fsm=yes': fsm,
          'fsm=no': total - fsm,
          'sex=F': Math.floor(total / 2),
          'sex=M': Math.ceil(total / 2),
        },
        ...{ 'sen_provision=K': sen, 'sen_provision=E': plan, 'sen_provision=N': total - sen - plan },
      }),
      at('test_events', 20161003, counts),
      ...pupilsAt('test_pupils', counts),
      at('incidents', 20161003, { '': sum }),
      at('incidents_resolved', 20161003, { '': resolved, 'days=2': resolved }),
      ...pupilsAt('pupils_checked_in', { '': Math.round(total * 0.6) }),
      at('wellbeing_score', 20161003, {
        'instrument=resilience-wheel@1;subscale=bonding': [
          60,
          60 * (50 + (sum % 17)),
          60 * ((50 + (sum % 17)) ** 2 + 80),
        ],
      }),
    ]
  })
}

/** The gateway on a real engine with the schools above, the year closed as a release. "Now" is after it. */
export async function cairnshire(all: readonly TestSchool[] = schools) {
  registerTestMetrics()
  const gateway = await installation({
    authorities: [{ code, name: 'Cairnshire' }],
    schools: all.map(({ urn, phase }) => ({ urn, authority: code, name: nameOf(urn), phase })),
    now: () => Date.parse('2017-09-01T12:00:00Z'),
    limits: { perKey: 1_000_000 },
  })
  await seed(gateway.warehouse, cellsOf(all))
  await gateway.release({ authority: code, year: 2016 })
  const key = await gateway.keyOf('analyst', 'analyst', [code])
  return {
    gateway,
    key,
    /** The data of one query field. */
    async asked(field: string, who = key): Promise<any> {
      const { data, errors } = await gateway.ask(who, `{ answer: ${field} }`)
      expect(errors).toBeUndefined()
      return data.answer
    },
    /** What a refused question is told. */
    refusal: async (field: string, who = key) =>
      (await gateway.ask(who, `{ answer: ${field} }`)).errors?.[0]?.extensions,
  }
}

export type Cairnshire = Awaited<ReturnType<typeof cairnshire>>
