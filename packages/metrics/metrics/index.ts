// Written by infra/registries.mjs from the files of this folder. Do not edit: add a file and run it.
import { absenceRate } from './absence-rate.ts'
import { checkInResponseRate } from './check-in-response-rate.ts'
import { checkIns } from './check-ins.ts'
import { daysToResolution } from './days-to-resolution.ts'
import { exclusionRate } from './exclusion-rate.ts'
import { exclusions } from './exclusions.ts'
import { factorScore } from './factor-score.ts'
import { fidelityShare } from './fidelity-share.ts'
import { goalProgress } from './goal-progress.ts'
import { goalRating } from './goal-rating.ts'
import { goalsSet } from './goals-set.ts'
import { headcount } from './headcount.ts'
import { incidentRate } from './incident-rate.ts'
import { incidentResolutionRate } from './incident-resolution-rate.ts'
import { incidents } from './incidents.ts'
import { incidentsResolved } from './incidents-resolved.ts'
import { interventionDose } from './intervention-dose.ts'
import { interventionsEnded } from './interventions-ended.ts'
import { interventionsEndedShare } from './interventions-ended-share.ts'
import { interventionsStarted } from './interventions-started.ts'
import { interventionsWithFidelity } from './interventions-with-fidelity.ts'
import { lowLevelScores } from './low-level-scores.ts'
import { minuteFidelity } from './minute-fidelity.ts'
import { planReviewShare } from './plan-review-share.ts'
import { plansCreated } from './plans-created.ts'
import { plansLive } from './plans-live.ts'
import { plansLiveShare } from './plans-live-share.ts'
import { plansReviewedOnTime } from './plans-reviewed-on-time.ts'
import { pupilsCheckedIn } from './pupils-checked-in.ts'
import { pupilsWithIncident } from './pupils-with-incident.ts'
import { pupilsWithIncidentShare } from './pupils-with-incident-share.ts'
import { sessionFidelity } from './session-fidelity.ts'
import { sessionMinutes } from './session-minutes.ts'
import { sessionsDelivered } from './sessions-delivered.ts'
import { sessionsMissed } from './sessions-missed.ts'
import { sessionsPossible } from './sessions-possible.ts'
import { wellbeingScore } from './wellbeing-score.ts'

export const all = [
  absenceRate,
  checkInResponseRate,
  checkIns,
  daysToResolution,
  exclusionRate,
  exclusions,
  factorScore,
  fidelityShare,
  goalProgress,
  goalRating,
  goalsSet,
  headcount,
  incidentRate,
  incidentResolutionRate,
  incidents,
  incidentsResolved,
  interventionDose,
  interventionsEnded,
  interventionsEndedShare,
  interventionsStarted,
  interventionsWithFidelity,
  lowLevelScores,
  minuteFidelity,
  planReviewShare,
  plansCreated,
  plansLive,
  plansLiveShare,
  plansReviewedOnTime,
  pupilsCheckedIn,
  pupilsWithIncident,
  pupilsWithIncidentShare,
  sessionFidelity,
  sessionMinutes,
  sessionsDelivered,
  sessionsMissed,
  sessionsPossible,
  wellbeingScore,
]
