import { StatisticsError } from './errors.ts'

export interface Agreement {
  /** Of all judgements, the share on which both agree, 0 to 1. */
  readonly agreed: number
  /** 1 full agreement, 0 what chance alone would give. NaN where both only ever say the same one thing. */
  readonly kappa: number
  readonly n: number
}

/**
 * Agreement of two judges over the same cases, beyond what chance would give: κ = (pₒ − pₑ) / (1 − pₑ), pₑ the sum over
 * categories of the product of both margins. Source: Cohen (1960), A coefficient of agreement for nominal scales.
 * @param counts square: rows what one says, columns what the other says
 * @throws StatisticsError where it is not square, empty, or holds what is no count
 */
export function cohensKappa(counts: readonly (readonly number[])[]): Agreement {
  const k = counts.length
  if (k === 0 || counts.some((row) => row.length !== k)) throw new StatisticsError('counts', 'must be square')
  if (counts.some((row) => row.some((n) => !Number.isInteger(n) || n < 0)))
    throw new StatisticsError('counts', 'must be whole numbers from 0')
  const sum = (values: readonly number[]) => values.reduce((so, n) => so + n, 0)
  const rows = counts.map(sum)
  const columns = counts.map((_, j) => sum(counts.map((row) => row[j]!)))
  const n = sum(rows)
  if (n === 0) throw new StatisticsError('counts', 'must hold a case')
  const agreed = sum(counts.map((row, i) => row[i]!)) / n
  const byChance = sum(rows.map((row, i) => (row / n) * (columns[i]! / n)))
  return { agreed, kappa: (agreed - byChance) / (1 - byChance), n }
}
