/** Source: DfE's open data standards, GSS symbols. Blank is not allowed there; here it stands beside a figure. */
export const symbols = {
  c: 'confidential: held back, by itself or to protect another figure',
  z: 'not applicable: there is nothing to divide by',
  x: 'not available: the school has not reported',
  low: 'rounds to 0, but is not 0',
  u: 'low reliability',
} as const

export type Symbol = keyof typeof symbols | ''

/** What a figure is marked with. The first that holds wins: a hidden figure shows nothing else about itself. */
export function symbolFor(figure: {
  status: 'published' | 'hidden' | 'unavailable'
  value?: number
  /** Of a rate or proportion. */
  denominator?: number
  /** To which the reader sees the value. */
  decimals?: number
  unreliable?: boolean
}): Symbol {
  const { status, value, denominator, decimals = 0, unreliable } = figure
  if (status === 'hidden') return 'c'
  if (status === 'unavailable') return 'x'
  if (denominator === 0) return 'z'
  if (value !== undefined && value !== 0 && Number(value.toFixed(decimals)) === 0) return 'low'
  return unreliable ? 'u' : ''
}
