import { absenceKinds } from './attendance-codes.ts'
import { behaviours } from './behaviours.ts'
import type { CodeSet } from './code-set.ts'
import { ethnicities, ethnicityGroups, fsmTypes, senNeeds, youngCarerCodes } from './context-codes.ts'
import { exclusionReasonGroups, exclusionReasons } from './exclusion-reasons.ts'
import * as incidentCodes from './incident-codes.ts'
import { intimidationKinds } from './intimidation.ts'
import {
  censuses,
  exclusionTypes,
  fsmStatuses,
  informants,
  ncYears,
  senProvisions,
  sexes,
} from './pupil-codes.ts'
import * as supportCodes from './support-codes.ts'

/** Every code set by its id, so that GraphQL, CSV and the reference pages can show labels. */
export const codeSets: ReadonlyMap<string, CodeSet> = new Map(
  [
    absenceKinds,
    behaviours,
    censuses,
    ethnicities,
    ethnicityGroups,
    exclusionReasonGroups,
    exclusionReasons,
    exclusionTypes,
    fsmStatuses,
    fsmTypes,
    ...Object.values(incidentCodes),
    informants,
    intimidationKinds,
    ncYears,
    senNeeds,
    senProvisions,
    sexes,
    ...Object.values(supportCodes),
    youngCarerCodes,
  ].map((set) => [set.id, set]),
)
