import { metrics, type StoredMetric } from '@cairn/metrics'
import { Field, ObjectType } from 'type-graphql'
import { PupilGroup } from './by-pupils.ts'
import { MeanFigure, ShareFigure } from './shown.ts'

@ObjectType({ description: 'Need and support on one level of the ecological model.' })
export class EcologicalLevelRow {
  @Field(() => String)
  level!: string

  @Field(() => String)
  label!: string

  @Field(() => PupilGroup, { nullable: true, description: 'Null: all pupils.' })
  pupils!: PupilGroup | null

  @Field(() => MeanFigure, {
    description: 'Mean over check-ins of the items of the level, 0 to 100; low is need.',
  })
  strength!: MeanFigure

  @Field(() => ShareFigure, { description: 'Check-ins of which that mean is 40 or less.' })
  need!: ShareFigure

  @Field(() => ShareFigure, {
    description: 'Interventions that began in the period on the level, of those on all four.',
  })
  interventions!: ShareFigure

  @Field(() => ShareFigure, { description: 'Sessions delivered of them, of those on all four.' })
  sessions!: ShareFigure
}

const stored = (id: string) => metrics.get(id) as StoredMetric

export const ecologyMetrics = {
  scores: stored('factor_score'),
  low: stored('low_level_scores'),
  interventions: stored('interventions_started'),
  sessions: stored('sessions_delivered'),
} as const
