import { interventionEnded, interventionSessionDelivered } from '@cairn/contracts'
import type { FollowUp } from './metric.ts'

/** Delivered against planned, from which fidelity is called enough. Source: domain reference, section 3. */
export const fidelityBar = 0.8

/**
 * What was delivered of an intervention: its sessions as arrays in step (`session_techniques`, `session_minutes`),
 * and `ended_on` and `end_reason` of its last end (of several on one day, the one that came last); 1970-01-01 where it
 * goes on.
 */
export const interventionDelivery: FollowUp = {
  facts: [interventionSessionDelivered, interventionEnded],
  columns: ['session_techniques', 'session_minutes', 'ended_on', 'end_reason'],
  sql: (subjects) => `
    SELECT authority, ref, groupArrayIf(what, NOT over) AS session_techniques, groupArrayIf(minutes, NOT over) AS session_minutes,
      maxIf(day, over) AS ended_on, argMaxIf(what, (day, off), over) AS end_reason
    FROM (
      SELECT authority, ref, day, off, technique AS what, minutes, false AS over FROM fact_intervention_session FINAL
      WHERE (authority, ref) IN (${subjects})
      UNION ALL
      SELECT authority, ref, day, off, reason AS what, 0 AS minutes, true AS over FROM fact_intervention_end FINAL
      WHERE (authority, ref) IN (${subjects})
    )
    GROUP BY authority, ref`,
}
