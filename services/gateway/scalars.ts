import type { Grain } from '@cairn/metrics'
import { registerEnumType } from 'type-graphql'

/** Grains of time, as readers write them. */
export enum GrainName {
  WEEK = 'week',
  HALF_TERM = 'half_term',
  TERM = 'term',
  ACADEMIC_YEAR = 'year',
}
registerEnumType(GrainName, {
  name: 'Grain',
  description: 'Length of a period. Academic years run from 1 August to 31 July, Europe/London.',
})

export const grainOf = (name: GrainName): Grain => name
export const grainNames = (list: readonly Grain[]): GrainName[] => list.map((g) => g as GrainName)

export enum FigureStatus {
  OK = 'OK',
  SUPPRESSED = 'SUPPRESSED',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
  NOT_AVAILABLE = 'NOT_AVAILABLE',
  NOT_RELEASED = 'NOT_RELEASED',
}
registerEnumType(FigureStatus, {
  name: 'FigureStatus',
  description: 'Whether a figure is shown.',
  valuesConfig: {
    SUPPRESSED: { description: 'Held back because small numbers could point to a child. Symbol c.' },
    NOT_APPLICABLE: { description: 'There is nothing to divide by. Symbol z.' },
    NOT_AVAILABLE: {
      description: 'The school has not reported, or what it reported cannot be. Symbol x; in releases alone.',
    },
    NOT_RELEASED: {
      description: 'No release holds it; reason says why. Symbol x.',
    },
  },
})
