import type { Domain, Policy, PolicyTimeline, Rule } from './policy.ts'

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

/** A term and its holiday: half-terms come one row each, the last days of two up to fourteen weeks apart. */
const ofRegister = { ...usual, weeks: 16, minSources: 1 }

/**
 * Attendance, as shipped: under 90 % of sessions (persistent absence) is tier 2, under 50 % (severe) tier 3, over two spans
 * of days at least. Version 1 looked back eight weeks, in which mostly one half-term ends.
 */
export const defaultAttendance: Policy = {
  domain: 'attendance',
  version: 2,
  rules: [
    {
      ...{ ...ofRegister, id: 'severe_absence', from: 2, to: 3, reviewAfterWeeks: 4 },
      conditions: [{ observe: 'attendance', lessThan: 0.5 }],
    },
    {
      ...{ ...ofRegister, id: 'persistent_absence', from: 1, to: 2, holdWeeks: 0 },
      conditions: [{ observe: 'attendance', lessThan: 0.9 }],
    },
    {
      ...{ ...ofRegister, id: 'no_longer_severe', from: 3, to: 2 },
      conditions: [{ observe: 'attendance', atLeast: 0.6 }],
    },
    {
      ...{ ...ofRegister, id: 'attends_again', from: 2, to: 1 },
      conditions: [{ observe: 'attendance', atLeast: 0.93 }],
    },
  ],
}

const elements = [
  ...['bonding', 'boundaries', 'life_skills', 'caring_support', 'high_expectations'],
  'meaningful_participation',
]
/** A series is an instrument's id and a subscale or total of it: what every version and informant of it gives. */
const wheel = (element: string) => `resilience-wheel.${element}`
const total = 'sdq.total_difficulties'

/**
 * SEMH, as shipped: reads the fifths of the Resilience Wheel's scale (4 is the lowest) and the four bands of the SDQ's
 * total (3 is very high). Up by what the latest check-in says, with a second source beside it; down by three
 * consecutive points that are met. Cut points are a starting point, for an authority to set.
 */
export const defaultSemh: Policy = {
  domain: 'semh',
  version: 1,
  rules: [
    {
      ...{ ...usual, id: 'sdq_very_high', from: 2, to: 3, reviewAfterWeeks: 4 },
      conditions: [{ observe: 'severity', series: total, atLeast: 3 }],
    },
    {
      ...{ ...usual, id: 'sdq_high', from: 1, to: 2, holdWeeks: 0 },
      conditions: [{ observe: 'severity', series: total, atLeast: 2 }],
    },
    ...elements.map(
      (element): Rule => ({
        ...{ ...usual, id: `${element}_lowest_fifth`, from: 1, to: 2, holdWeeks: 0 },
        conditions: [{ observe: 'severity', series: wheel(element), atLeast: 4 }],
      }),
    ),
    {
      ...{ ...usual, id: 'support_and_bonding_lowest_fifth', from: 2, to: 3, reviewAfterWeeks: 4 },
      conditions: [
        { observe: 'severity', series: wheel('caring_support'), atLeast: 4 },
        { observe: 'severity', series: wheel('bonding'), atLeast: 4 },
      ],
    },
    {
      ...{ ...usual, id: 'sdq_raised_at_most', from: 3, to: 2, minSources: 1, weeks: 26 },
      conditions: [{ observe: 'severity', series: total, atMost: 2 }],
      streak: { of: 'severity', series: total, points: 3, atMost: 2 },
    },
    {
      ...{ ...usual, id: 'sdq_close_to_average', from: 2, to: 1, minSources: 1, weeks: 26 },
      conditions: [{ observe: 'severity', series: total, atMost: 0 }],
      streak: { of: 'severity', series: total, points: 3, atMost: 0 },
    },
    {
      ...{ ...usual, id: 'wheel_second_fifth_or_more', from: 3, to: 2, minSources: 1, weeks: 26 },
      conditions: elements.map((element) => ({ observe: 'severity', series: wheel(element), atMost: 3 })),
      streak: { of: 'severity', series: wheel('caring_support'), points: 3, atMost: 3 },
    },
    {
      ...{ ...usual, id: 'wheel_middle_fifth_or_more', from: 2, to: 1, minSources: 1, weeks: 26 },
      conditions: elements.map((element) => ({ observe: 'severity', series: wheel(element), atMost: 2 })),
      streak: { of: 'severity', series: wheel('caring_support'), points: 3, atMost: 2 },
    },
  ],
}

const always = (policy: Policy): PolicyTimeline => [{ from: 0, policy }]

/** Where an authority has no rules of its own for a domain. */
export const defaultTimelines: Readonly<Record<Domain, PolicyTimeline>> = {
  semh: always(defaultSemh),
  behaviour: always(defaultBehaviour),
  attendance: always(defaultAttendance),
}
