// Written by infra/registries.mjs from the files of this folder. Do not edit: add a file and run it.
import type { EventType } from '../event-type.ts'
import { checkinSubmitted } from './checkin-submitted.ts'
import { eventRetracted } from './event-retracted.ts'
import { exclusionRecorded } from './exclusion-recorded.ts'
import { incidentReopened } from './incident-reopened.ts'
import { incidentReported } from './incident-reported.ts'
import { incidentResolved } from './incident-resolved.ts'
import { pupilErased } from './pupil-erased.ts'
import { rollSnapshotPublished } from './roll-snapshot-published.ts'

export * from './checkin-submitted.ts'
export * from './event-retracted.ts'
export * from './exclusion-recorded.ts'
export * from './incident-reopened.ts'
export * from './incident-reported.ts'
export * from './incident-resolved.ts'
export * from './pupil-erased.ts'
export * from './roll-snapshot-published.ts'

export const all: readonly EventType[] = [
  checkinSubmitted,
  eventRetracted,
  exclusionRecorded,
  incidentReopened,
  incidentReported,
  incidentResolved,
  pupilErased,
  rollSnapshotPublished,
]
