import type { InstrumentDefinition } from './definition.ts'
import { rcads47 } from './rcads.ts'
import { resilienceWheel, resilienceWheel2 } from './resilience-wheel.ts'
import { sdq, sdq2 } from './sdq.ts'
import { studentResilienceSurvey } from './student-resilience.ts'
import { swemwbs } from './swemwbs.ts'

/** The instruments that come with Cairn. */
export const instruments: readonly InstrumentDefinition[] = [
  ...[resilienceWheel, resilienceWheel2, sdq, sdq2, swemwbs, rcads47, studentResilienceSurvey],
]
