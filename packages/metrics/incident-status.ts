import { incidentReopened, incidentResolved } from '@cairn/contracts'
import type { FollowUp } from './metric.ts'

/**
 * `resolved_on`: the day of an incident's last resolution, or 1970-01-01 where there is none, or where a reopening
 * came on that day or later (a reopening presupposes a resolution, so it wins a tie).
 */
export const incidentStatus: FollowUp = {
  facts: [incidentResolved, incidentReopened],
  columns: ['resolved_on'],
  sql: (subjects) => `
    SELECT authority, ref, if(reopened >= resolved, toDate(0), resolved) AS resolved_on
    FROM (
      SELECT authority, ref, maxIf(day, NOT again) AS resolved, maxIf(day, again) AS reopened
      FROM (
        SELECT authority, ref, day, false AS again FROM fact_incident_resolution FINAL WHERE (authority, ref) IN (${subjects})
        UNION ALL
        SELECT authority, ref, day, true AS again FROM fact_incident_reopening FINAL WHERE (authority, ref) IN (${subjects})
      )
      GROUP BY authority, ref
    )`,
}
