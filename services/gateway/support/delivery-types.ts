import { codeSets } from '@cairn/contracts'
import { fidelityBar, metrics, type StoredMetric } from '@cairn/metrics'
import type { CellSum } from '@cairn/warehouse'
import { Field, ObjectType } from 'type-graphql'
import { placeOf } from '../figures/labels.ts'
import { PupilGroup } from './by-pupils.ts'
import { MeanFigure, ShareFigure } from './shown.ts'
import { type AskedTable, heldTables, type TableRow } from './tables.ts'

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

/** Tables of each kind: of those that `whole` counts the ones that are in `part` too, and the others; or all of them as one. */
export function tablesOf(
  kinds: readonly string[],
  whole: readonly CellSum[],
  part?: readonly CellSum[],
): Map<string, TableRow[]> {
  const placeOf = ({ group, values }: CellSum) => `${group} ${values.join(' ')}`
  const hits = new Map((part ?? []).map((cell) => [placeOf(cell), cell.n]))
  return new Map(
    kinds.map((kind) => [
      kind,
      whole
        .filter(({ values }) => values[0] === kind)
        .map((cell) => {
          const hit = hits.get(placeOf(cell)) ?? 0
          const parts = part ? [hit, cell.n - hit] : [cell.n]
          return { school: cell.group, value: cell.values[1] ?? '', parts }
        }),
    ]),
  )
}

/** What rows of fidelity are made of, and which kinds are held back in each figure. */
export function heldInFidelity(
  asked: AskedTable,
  kinds: readonly string[],
  { dose, ended, reached }: Readonly<Record<'dose' | 'ended' | 'reached', readonly CellSum[]>>,
) {
  const tables = {
    delivered: tablesOf(kinds, ended),
    atBar: tablesOf(kinds, ended, reached),
    // Those that go on are the ones that began less the ones that ended.
    dose: tablesOf(kinds, dose, asked.isOwnSchool && !asked.pupilsBy ? undefined : ended),
  }
  const delivered = heldTables(asked, tables.delivered)
  const held = {
    delivered,
    atBar: heldTables(asked, tables.atBar, delivered),
    dose: heldTables(asked, tables.dose),
  }
  return { tables, held }
}

/** Null where either is held back. */
export function isLow({ sessions, minutes }: Pick<FidelityRow, 'sessions' | 'minutes'>): boolean | null {
  if (sessions.value === null || minutes.value === null) return null
  return Math.min(sessions.value, minutes.value) < fidelityBar * 100
}

/** Values that occur in what was asked for, in the order of the code set. */
export function kindsOf(cells: readonly CellSum[], name: string): string[] {
  const set = codeSets.get(name)
  const place = (value: string) => placeOf(set, value)
  const there = cells.filter(({ n }) => n > 0)
  return [...new Set(there.map(({ values }) => values[0]!))].sort((a, b) => (place(a) < place(b) ? -1 : 1))
}
