import { codeSets } from '@cairn/contracts'
import { fidelityBar, metrics, type StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import { Field, ObjectType } from 'type-graphql'
import { placeOf } from '../figures/labels.ts'
import type { Asked } from './asked.ts'
import { PupilGroup } from './by-pupils.ts'
import { MeanFigure, ShareFigure } from './shown.ts'

@ObjectType({ description: 'Delivered against planned, of interventions of one kind that have ended.' })
export class FidelityRow {
  @Field(() => String)
  kind!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

  @Field(() => MeanFigure, { description: 'Mean of sessions delivered of those planned, per cent.' })
  sessions!: MeanFigure

  @Field(() => MeanFigure, { description: 'Mean of minutes delivered of those planned, per cent.' })
  minutes!: MeanFigure

  @Field(() => ShareFigure, { description: 'Interventions with 80 % of both delivered.' })
  atBar!: ShareFigure

  @Field(() => MeanFigure, { description: 'Mean minutes, over all that began, ended or not.' })
  dose!: MeanFigure

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether sessions or minutes are below 80 % on average.',
  })
  lowFidelity!: boolean | null
}

@ObjectType({ description: 'Goals of one area, 0 (not begun) to 10 (reached).' })
export class GoalRow {
  @Field(() => String)
  area!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

  @Field(() => MeanFigure, { description: 'Mean of the last ratings.' })
  rating!: MeanFigure

  @Field(() => MeanFigure, { description: 'Mean of last less first rating.' })
  progress!: MeanFigure
}

const stored = (id: string) => metrics.get(id) as StoredMetric

/** What a row of fidelity is made of: sessions, minutes, dose, ended, at the bar. */
export const fidelityMetrics: readonly StoredMetric[] = [
  ...['session_fidelity', 'minute_fidelity', 'intervention_dose', 'interventions_ended'],
  'interventions_with_fidelity',
].map(stored)

/** What a row of goals is made of: where they stand, and how far they came. */
export const goalMetrics: readonly StoredMetric[] = ['goal_rating', 'goal_progress'].map(stored)

/** Null where either is held back. */
export function isLow({ sessions, minutes }: Pick<FidelityRow, 'sessions' | 'minutes'>): boolean | null {
  if (sessions.value === null || minutes.value === null) return null
  return Math.min(sessions.value, minutes.value) < fidelityBar * 100
}

/** Values that occur in what was asked for, in the order of the code set. */
export function kindsOf({ school }: Asked, cells: readonly CellSum[], name: string): string[] {
  const set = codeSets.get(name)
  const place = (value: string) => placeOf(set, value)
  const there = cells.filter(({ n, group }) => n > 0 && (school === undefined || group === school))
  return [...new Set(there.map(({ values }) => values[0]!))].sort((a, b) => (place(a) < place(b) ? -1 : 1))
}
