import { type Cell, type Disclosed, disclose, live } from '@cairn/disclosure'
import { DEFAULT_CONFIDENCE, meanInterval, wilson } from '@cairn/statistics'
import { Field, Float, ObjectType } from 'type-graphql'
import { methods } from '../figures/estimate.ts'
import { FigureStatus } from '../scalars.ts'

/** The last step before the reader: every number of these answers passes here, every reader's under one profile. */
export const judge = (cell: Cell): Disclosed => disclose([cell], live)[0]!

/** Whether all parts of a whole may be shown: one that is hidden would be the rest of the others. */
export const mayShowMix = (parts: readonly number[], whole: number): boolean =>
  parts.every((part) => judge({ kind: 'proportion', numerator: part, denominator: whole }).status === 'OK')

@ObjectType({ description: 'Whether a figure is shown.' })
export abstract class Shown {
  @Field(() => FigureStatus)
  status!: FigureStatus | `${FigureStatus}`

  @Field(() => String, { description: 'Empty, c (held back) or z (not applicable).' })
  symbol!: string

  @Field(() => String, { description: 'Disclosure profile and its version.' })
  profile!: string
}

@ObjectType({ description: 'A part of a whole, in per cent, with Wilson’s 95 % interval.' })
export class ShareFigure extends Shown {
  @Field(() => Float, { nullable: true })
  numerator!: number | null

  @Field(() => Float, { nullable: true })
  denominator!: number | null

  @Field(() => Float, { nullable: true, description: 'Per cent, not rounded.' })
  value!: number | null

  @Field(() => Float, { nullable: true })
  lower!: number | null

  @Field(() => Float, { nullable: true })
  upper!: number | null

  @Field(() => String, { nullable: true, description: 'Method of the interval, in words.' })
  method!: string | null
}

@ObjectType({
  description: 'A mean with Student’s 95 % interval; a median has none. Fewer than 10 are held back.',
})
export class MeanFigure extends Shown {
  @Field(() => Float, { nullable: true, description: 'How many values.' })
  n!: number | null

  @Field(() => Float, { nullable: true, description: 'Not rounded.' })
  value!: number | null

  @Field(() => Float, { nullable: true })
  lower!: number | null

  @Field(() => Float, { nullable: true })
  upper!: number | null

  @Field(() => String, { nullable: true, description: 'Method of the interval, in words.' })
  method!: string | null
}

const noShare = { numerator: null, denominator: null, value: null, lower: null, upper: null, method: null }
const noMean = { n: null, value: null, lower: null, upper: null, method: null }

export function share(numerator: number, denominator: number): ShareFigure {
  const verdict = judge({ kind: 'proportion', numerator, denominator })
  if (verdict.status !== 'OK') return { ...verdict, ...noShare }
  const { value, lower, upper } = wilson(numerator, denominator)
  return {
    ...{ ...verdict, numerator, denominator, method: methods.wilson },
    ...{ value: value * 100, lower: lower * 100, upper: upper * 100 },
  }
}

/** Sums as cells hold them. */
export interface Sums {
  readonly n: number
  readonly sx: number
  readonly sxx: number
}

export function mean({ n, sx, sxx }: Sums): MeanFigure {
  const verdict = judge({ kind: 'mean', n })
  if (verdict.status !== 'OK') return { ...verdict, ...noMean }
  const { value, lower, upper } = meanInterval(n, sx, sxx, DEFAULT_CONFIDENCE)
  return { ...verdict, n, value, lower, upper, method: methods.mean }
}

/** There are no values. */
export const meanOfNobody = (): MeanFigure => ({
  ...judge({ kind: 'proportion', numerator: 0, denominator: 0 }),
  ...noMean,
})

/** A median of `n` values. `open`: whether what it stands beside may be shown; else it is held back with it. */
export function median(n: number, value: number | null, open: boolean): MeanFigure {
  const verdict = judge({ kind: 'median', n: open ? n : 1 })
  return verdict.status === 'OK' ? { ...verdict, ...noMean, n, value } : { ...verdict, ...noMean }
}
