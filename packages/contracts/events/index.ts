// Written by infra/registries.mjs from the files of this folder. Do not edit: add a file and run it.
import type { EventType } from '../event-type.ts'
import { attendanceRecorded } from './attendance-recorded.ts'
import { checkinSubmitted } from './checkin-submitted.ts'
import { eventRetracted } from './event-retracted.ts'
import { exclusionRecorded } from './exclusion-recorded.ts'
import { goalRated } from './goal-rated.ts'
import { incidentReopened } from './incident-reopened.ts'
import { incidentReported } from './incident-reported.ts'
import { incidentResolved } from './incident-resolved.ts'
import { interventionEnded } from './intervention-ended.ts'
import { interventionSessionDelivered } from './intervention-session-delivered.ts'
import { interventionStarted } from './intervention-started.ts'
import { planClosed } from './plan-closed.ts'
import { planCreated } from './plan-created.ts'
import { planReviewed } from './plan-reviewed.ts'
import { pupilContextChanged } from './pupil-context-changed.ts'
import { pupilErased } from './pupil-erased.ts'
import { rollSnapshotPublished } from './roll-snapshot-published.ts'
import { tierAssigned } from './tier-assigned.ts'
import { tierExited } from './tier-exited.ts'

export * from './attendance-recorded.ts'
export * from './checkin-submitted.ts'
export * from './event-retracted.ts'
export * from './exclusion-recorded.ts'
export * from './goal-rated.ts'
export * from './incident-reopened.ts'
export * from './incident-reported.ts'
export * from './incident-resolved.ts'
export * from './intervention-ended.ts'
export * from './intervention-session-delivered.ts'
export * from './intervention-started.ts'
export * from './plan-closed.ts'
export * from './plan-created.ts'
export * from './plan-reviewed.ts'
export * from './pupil-context-changed.ts'
export * from './pupil-erased.ts'
export * from './roll-snapshot-published.ts'
export * from './tier-assigned.ts'
export * from './tier-exited.ts'

export const all: readonly EventType[] = [
  attendanceRecorded,
  checkinSubmitted,
  eventRetracted,
  exclusionRecorded,
  goalRated,
  incidentReopened,
  incidentReported,
  incidentResolved,
  interventionEnded,
  interventionSessionDelivered,
  interventionStarted,
  planClosed,
  planCreated,
  planReviewed,
  pupilContextChanged,
  pupilErased,
  rollSnapshotPublished,
  tierAssigned,
  tierExited,
]
