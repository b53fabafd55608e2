import type { Policy } from './policy.ts'

const usual = { weeks: 8, minPoints: 2, minSources: 2, holdWeeks: 6, reviewAfterWeeks: 8 }

/**
 * Behaviour, as shipped: serious incidents that a second source stands beside raise; six weeks in a tier before it
 * changes again, eight weeks without an incident lower it. Counts are a starting point, for an authority to set.
 */
export const defaultBehaviour: Policy = {
  domain: 'behaviour',
  version: 1,
  rules: [
    {
      ...{ ...usual, id: 'serious_incidents', from: 2, to: 3, reviewAfterWeeks: 4 },
      conditions: [{ observe: 'incidents', severity: 3, atLeast: 3 }],
    },
    {
      ...{ ...usual, id: 'incidents', from: 1, to: 2, holdWeeks: 0 },
      conditions: [{ observe: 'incidents', severity: 2, atLeast: 3 }],
    },
    {
      ...{ ...usual, id: 'fewer_serious', from: 3, to: 2, minSources: 1 },
      conditions: [{ observe: 'incidents', severity: 3, atMost: 0 }],
    },
    {
      ...{ ...usual, id: 'no_incidents', from: 2, to: 1, minSources: 1 },
      conditions: [{ observe: 'incidents', severity: 1, atMost: 0 }],
    },
  ],
}

/** Attendance, as shipped: under 90 % of sessions (persistent absence) is tier 2, under 50 % (severe) tier 3. */
export const defaultAttendance: Policy = {
  domain: 'attendance',
  version: 1,
  rules: [
    {
      ...{ ...usual, id: 'severe_absence', from: 2, to: 3, minSources: 1, reviewAfterWeeks: 4 },
      conditions: [{ observe: 'attendance', lessThan: 0.5 }],
    },
    {
      ...{ ...usual, id: 'persistent_absence', from: 1, to: 2, minSources: 1, holdWeeks: 0 },
      conditions: [{ observe: 'attendance', lessThan: 0.9 }],
    },
    {
      ...{ ...usual, id: 'no_longer_severe', from: 3, to: 2, minSources: 1 },
      conditions: [{ observe: 'attendance', atLeast: 0.6 }],
    },
    {
      ...{ ...usual, id: 'attends_again', from: 2, to: 1, minSources: 1 },
      conditions: [{ observe: 'attendance', atLeast: 0.93 }],
    },
  ],
}
