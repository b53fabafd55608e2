import type { Grain } from '@cairn/metrics'

/** Unique among all grains: `half_term 202501` is not `term 202501`. */
export const periodId = (grain: Grain, period: number): string => `${grain} ${period}`

export function periodOf(id: string): { grain: Grain; period: number } {
  const [grain, period] = id.split(' ')
  return { grain: grain as Grain, period: Number(period) }
}
