import type { EffectSums, PlanCounts, Waits } from '@cairn/warehouse'
import type { LoggedInput } from '../chaos/model.ts'
import { halfTermStarts, scoreByHand } from '../chaos/world.ts'

type Period = { readonly grain: 'year' | 'half_term'; readonly period: number }

const ms = 86_400_000
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / ms

/** Whether the week of a day begins in the period, by the calendar of the test world. */
export function within({ grain, period }: Period, day: string): boolean {
  if (grain === 'year') return day >= `${period}-08-01` && day < `${period + 1}-08-01`
  const year = Math.floor(period / 100)
  const mondayOf = (d: string) =>
    new Date(Date.parse(d) - ((new Date(d).getUTCDay() + 6) % 7) * ms).toISOString().slice(0, 10)
  const begun = halfTermStarts(year).filter((start) => mondayOf(start) <= mondayOf(day)).length
  return day >= `${year}-08-01` && day < `${year + 1}-08-01` && Math.max(1, begun) === period % 100
}

const after = (events: readonly LoggedInput[], subject: LoggedInput, type: string) =>
  events.filter((e) => e.type === type && (e.data.plan ?? e.data.intervention).id === subject.id)

const endOf = (events: readonly LoggedInput[], i: LoggedInput): string | undefined =>
  after(events, i, 'intervention.ended')[0]?.data.endedOn

const byDay = (field: string) => (a: LoggedInput, b: LoggedInput) =>
  a.data[field].localeCompare(b.data[field]) || a.offset - b.offset

/** What a pupil is on a day; without it pupils are not told apart. */
export type WhatIs = (pupil: string, day: string) => string

interface Pair {
  readonly pre: number
  readonly post: number
  readonly fidelity: number
  readonly selected: boolean
  readonly value: string
}

/** Effects by plain loops over pupils: by kind and subscale, and by value where pupils are told apart. */
export function effectsByHand(
  events: readonly LoggedInput[],
  q: Period & { by: string; informant: string; windowWeeks: number; factor: number },
  whatIs?: WhatIs,
): Map<string, EffectSums> {
  const pairs = new Map<string, Pair[]>()
  const started = events.filter((e) => e.type === 'intervention.started' && within(q, e.data.startedOn))
  for (const pupil of new Set(started.map((e) => e.data.pupil)))
    for (const kind of new Set(started.map((e) => e.data[q.by]))) {
      const first = started
        .filter((e) => e.data.pupil === pupil && e.data[q.by] === kind)
        .sort(byDay('startedOn'))[0]
      const ended = first && endOf(events, first)
      if (!first || !ended || ended < first.data.startedOn) continue
      const sessions = after(events, first, 'intervention.session.delivered')
      const minutes = sessions.reduce((sum, e) => sum + e.data.minutes, 0)
      const checkins = events
        .filter(
          (e) => e.type === 'checkin.submitted' && e.data.pupil === pupil && e.data.informant === q.informant,
        )
        .sort(byDay('submittedOn'))
        .map((e) => ({
          day: e.data.submittedOn as string,
          scores: scoreByHand(e.data.instrument, e.data.answers)!,
        }))
      for (const subscale of new Set(checkins.flatMap((c) => [...c.scores.keys()]))) {
        const scored = checkins.filter((c) => c.scores.has(subscale))
        const pre = scored.filter(
          (c) =>
            days(c.day, first.data.startedOn) >= 0 && days(c.day, first.data.startedOn) <= 7 * q.windowWeeks,
        )
        const post = scored.filter(
          (c) =>
            c.day > first.data.startedOn &&
            days(ended, c.day) >= 0 &&
            days(ended, c.day) <= 7 * q.windowWeeks,
        )
        if (pre.length === 0 || post.length === 0) continue
        const key = `${kind}|${subscale}`
        const tier = events
          .filter((e) => e.type === 'tier.assigned' && e.data.pupil === pupil)
          .find((e) => e.data.assignedOn <= first.data.startedOn)
        pairs.set(key, [
          ...(pairs.get(key) ?? []),
          {
            pre: pre.at(-1)!.scores.get(subscale)!,
            post: post[0]!.scores.get(subscale)!,
            fidelity: Math.min(
              sessions.length / first.data.plannedSessions,
              minutes / first.data.plannedMinutes,
            ),
            selected: (tier?.data.tier ?? 1) >= 2,
            value: whatIs?.(pupil, first.data.startedOn) ?? '',
          },
        ])
      }
    }
  if (!whatIs) return new Map([...pairs].map(([key, list]) => [key, summed(key, list, list, q.factor)]))
  return new Map(
    [...pairs].flatMap(([key, list]) =>
      [...new Set(list.map(({ value }) => value))].map((value): [string, EffectSums] => {
        const own = list.filter((pair) => pair.value === value)
        return [`${key}|${value}`, { ...summed(key, own, list, q.factor), value }]
      }),
    ),
  )
}

/** @param all by whose spread a change is reliable */
function summed(key: string, list: readonly Pair[], all: readonly Pair[], factor: number): EffectSums {
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length
  const cov = (xs: readonly number[], ys: readonly number[]) =>
    xs.reduce((sum, x, i) => sum + (x - mean(xs)) * (ys[i]! - mean(ys)), 0) / (xs.length - 1)
  const [pre, post] = [list.map((p) => p.pre), list.map((p) => p.post)]
  const [sdPre, sdPost] = [Math.sqrt(cov(pre, pre)), Math.sqrt(cov(post, post))]
  const whole = all.map((p) => p.pre)
  const reliable = factor * Math.sqrt(cov(whole, whole))
  const count = (test: (p: (typeof list)[number]) => boolean) => list.filter(test).length
  return {
    kind: key.split('|')[0]!,
    subscale: key.split('|')[1]!,
    n: list.length,
    before: { mean: mean(pre), sd: sdPre },
    after: { mean: mean(post), sd: sdPost },
    correlation: cov(pre, post) / (sdPre * sdPost),
    rose: count((p) => p.post - p.pre > reliable),
    fell: count((p) => p.pre - p.post > reliable),
    selected: count((p) => p.selected),
    fidelity: mean(list.map((p) => p.fidelity)),
    lowFidelity: count((p) => p.fidelity < 0.8),
  }
}

/** Waits by plain loops, as `already|waited|observed|value` → pupils. */
export function waitsByHand(
  events: readonly LoggedInput[],
  q: Period & { asOf: string; cutOffs: ReadonlyMap<string, number> },
  whatIs?: WhatIs,
): Map<string, number> {
  const waits = new Map<string, number>()
  const interventions = events.filter((e) => e.type === 'intervention.started' && e.data.startedOn <= q.asOf)
  for (const pupil of new Set(events.map((e) => e.data.pupil))) {
    const high = events
      .filter((e) => e.type === 'checkin.submitted' && e.data.pupil === pupil)
      .filter((e) => e.data.submittedOn <= q.asOf && within(q, e.data.submittedOn))
      .filter((e) =>
        [...scoreByHand(e.data.instrument, e.data.answers)!].some(
          ([subscale, score]) => score <= (q.cutOffs.get(subscale) ?? -1),
        ),
      )
      .sort(byDay('submittedOn'))[0]?.data.submittedOn
    if (!high) continue
    const own = interventions.filter((e) => e.data.pupil === pupil)
    const already = own.some((e) => e.data.startedOn < high && (endOf(events, e) ?? '9999') >= high)
    const next = own
      .map((e) => e.data.startedOn)
      .filter((day) => day >= high)
      .sort()[0]
    const key = waitKey({
      already,
      waited: next ? days(high, next) : null,
      observed: days(high, q.asOf),
      ...(whatIs && { value: whatIs(pupil, high) }),
    })
    waits.set(key, (waits.get(key) ?? 0) + 1)
  }
  return waits
}

export const waitKey = ({ already, waited, observed, value = '' }: Omit<Waits, 'pupils'>): string =>
  `${already}|${waited}|${observed}|${value}`

/** Plans by plain loops: by domain, and by value where pupils are told apart. */
export function complianceByHand(
  events: readonly LoggedInput[],
  q: Period & { asOf: string },
  whatIs: WhatIs = () => '',
): Map<string, PlanCounts> {
  const counts = new Map<string, PlanCounts>()
  for (const domain of ['behaviour', 'semh']) {
    const all = plansByHand(events, domain, q, whatIs)
    const assigned = events
      .filter((e) => e.type === 'tier.assigned' && e.data.domain === domain)
      .filter((e) => e.data.tier >= 2 && e.data.assignedOn <= q.asOf)
      .map((e) => ({ pupil: e.data.pupil, value: whatIs(e.data.pupil, e.data.assignedOn) }))
    for (const value of new Set([...all, ...assigned].map((each) => each.value))) {
      const plans = all.filter((plan) => plan.value === value)
      const live = plans.filter((plan) => plan.live)
      const tiered = assigned.filter((each) => each.value === value)
      counts.set(value ? `${domain}|${value}` : domain, {
        ...{ domain, ...(value && { value }) },
        due: plans.filter((plan) => plan.due).length,
        onTime: plans.filter((plan) => plan.due && plan.onTime).length,
        live: live.length,
        upToDate: live.filter((plan) => plan.upToDate).length,
        tiered: tiered.length,
        planned: tiered.filter(({ pupil }) => all.some((plan) => plan.live && plan.pupil === pupil)).length,
      })
    }
  }
  return counts
}

function plansByHand(
  events: readonly LoggedInput[],
  domain: string,
  q: Period & { asOf: string },
  whatIs: WhatIs,
) {
  return events
    .filter((e) => e.type === 'plan.created' && e.data.domain === domain)
    .map((e) => {
      const reviews = after(events, e, 'plan.reviewed').map((r) => r.data.reviewedOn as string)
      const closed = after(events, e, 'plan.closed')[0]?.data.closedOn ?? '9999'
      const { pupil, createdOn, reviewDueOn } = e.data
      return {
        ...{ pupil, value: whatIs(pupil, createdOn) },
        due: within(q, createdOn) && reviewDueOn < q.asOf,
        onTime: reviews.some((day) => day <= reviewDueOn),
        live: createdOn <= q.asOf && closed >= q.asOf,
        // A review here never names a next one.
        upToDate: reviewDueOn >= q.asOf || reviews.some((day) => day <= q.asOf),
      }
    })
}
