// Written by infra/registries.mjs from the files of this folder. Do not edit: add a file and run it.
import { checkInResponseRate } from './check-in-response-rate.ts'
import { checkIns } from './check-ins.ts'
import { daysToResolution } from './days-to-resolution.ts'
import { exclusionRate } from './exclusion-rate.ts'
import { exclusions } from './exclusions.ts'
import { headcount } from './headcount.ts'
import { incidentRate } from './incident-rate.ts'
import { incidentResolutionRate } from './incident-resolution-rate.ts'
import { incidents } from './incidents.ts'
import { incidentsResolved } from './incidents-resolved.ts'
import { pupilsCheckedIn } from './pupils-checked-in.ts'
import { pupilsWithIncident } from './pupils-with-incident.ts'
import { pupilsWithIncidentShare } from './pupils-with-incident-share.ts'
import { wellbeingScore } from './wellbeing-score.ts'

export const all = [
  checkInResponseRate,
  checkIns,
  daysToResolution,
  exclusionRate,
  exclusions,
  headcount,
  incidentRate,
  incidentResolutionRate,
  incidents,
  incidentsResolved,
  pupilsCheckedIn,
  pupilsWithIncident,
  pupilsWithIncidentShare,
  wellbeingScore,
]
