import { behaviours } from './behaviours.ts'
import type { CodeSet } from './code-set.ts'
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

/** Every code set by its id, so that GraphQL, CSV and the reference pages can show labels. */
export const codeSets: ReadonlyMap<string, CodeSet> = new Map(
  [
    behaviours,
    censuses,
    exclusionReasonGroups,
    exclusionReasons,
    exclusionTypes,
    fsmStatuses,
    ...Object.values(incidentCodes),
    informants,
    intimidationKinds,
    ncYears,
    senProvisions,
    sexes,
  ].map((set) => [set.id, set]),
)
