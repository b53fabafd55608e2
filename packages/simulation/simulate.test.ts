import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { type CloudEvent, eventTypes, validateEvent } from '@cairn/contracts'
import { defaultTimelines, resilienceWheel2, score } from '@cairn/mtss'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  halfTermsOf,
  type SimulationOptions,
  type SimulationTruth,
  simulate,
  simulatedAuthority,
  simulatedRegister,
} from './index.ts'

const small: SimulationOptions = { authorities: 2, schools: 14, weeks: 24, seed: 7 }

function linesOf(options: SimulationOptions): { lines: string[]; truth: SimulationTruth; hash: string } {
  const run = simulate(options)
  const hash = createHash('sha256')
  let text = ''
  let step = run.next()
  for (; !step.done; step = run.next()) {
    hash.update(step.value.bytes)
    text += Buffer.from(step.value.bytes).toString('utf8')
  }
  return { lines: text.split('\n').slice(0, -1), truth: step.value, hash: hash.digest('hex') }
}

type Event = CloudEvent<any> & { time: string }
const dayOf = ({ type, data }: Event): string => {
  const makes = eventTypes.get(type)!.makes
  return makes.kind === 'fact' ? makes.fact.place(data).day! : ''
}
const daysBetween = (from: string, to: string) =>
  (Date.parse(to.slice(0, 10)) - Date.parse(from)) / 86_400_000

/** What counts in the end, worked out from the lines alone. */
function standing(lines: readonly string[]) {
  const events = new Map<string, Event>()
  const versions = new Set<string>()
  const back = new Map<string, number>()
  let [duplicates, late] = [0, 0]
  for (const line of lines) {
    const event = { version: 1, ...JSON.parse(line) } as Event
    const identity = `${event.source} ${event.id}`
    const version = `${identity} ${event.version}`
    if (versions.has(version)) {
      duplicates++
      continue
    }
    versions.add(version)
    if (event.type === 'event.retracted')
      back.set(`${event.data.source} ${event.data.id}`, event.data.version)
    else if (event.version === 1 && daysBetween(dayOf(event), event.time) >= 7) late++
    if (event.version > (events.get(identity)?.version ?? 0)) events.set(identity, event)
  }
  const unique = events.size
  const retracted = [...back].filter(([identity, version]) => (events.get(identity)?.version ?? 0) < version)
  for (const [identity] of retracted) events.delete(identity)
  return {
    of: (type: string) => [...events.values()].filter((event) => event.type === type),
    has: (reference: { source: string; id: string }) => events.has(`${reference.source} ${reference.id}`),
    counts: {
      ...{ emitted: lines.length, unique, duplicates, late, retracted: retracted.length },
      superseded: versions.size - unique,
    },
  }
}

describe('a simulated county', () => {
  let lines: string[]
  let truth: SimulationTruth
  let hash: string
  let stands: ReturnType<typeof standing>
  beforeAll(() => {
    ;({ lines, truth, hash } = linesOf(small))
    stands = standing(lines)
  })

  it('has the same bytes for the same seed and others for another', () => {
    expect(linesOf(small).hash).toBe(hash)
    expect(linesOf({ ...small, seed: 8 }).hash).not.toBe(hash)
  })

  it('is taken by the contracts, event by event', () => {
    const refused = lines.map((line) => validateEvent(JSON.parse(line))).filter((one) => 'refused' in one)
    expect(refused).toEqual([])
  })

  it('has every event type but erasures and re-openings', () => {
    const missing = [...eventTypes.keys()].filter((type) => !(type in truth.events.types))
    expect(missing).toEqual(['incident.reopened', 'pupil.erased'])
  })

  it('is sent in the order of days', () => {
    const days = lines.map((line) => /"time":"(.{10})/.exec(line)![1]!)
    const firsts = days.filter((_, index) => truth.events.duplicates === 0 || index % 7 === 0)
    const back = firsts.filter((day, index) => index > 0 && daysBetween(firsts[index - 1]!, day) < -1)
    // A duplicate has the time at which it was sent first, a day earlier.
    expect(back).toEqual([])
  })

  it('counts its events as a reader of the lines does', () => {
    const { types, ...counts } = truth.events
    expect(counts).toEqual(stands.counts)
    expect(Object.values(types).reduce((sum, count) => sum + count, 0)).toBe(lines.length)
  })

  it('has the figures of schools and half-terms that a recount of the lines finds', () => {
    const slots = [0, 1].flatMap((y) =>
      halfTermsOf(y).map((days, h) => ({ ...days, key: `${2025 + y} ${h + 1}` })),
    )
    const keyOf = (school: string, day: string) =>
      `${school} ${slots.find(({ firstDay, lastDay }) => firstDay <= day && day <= lastDay)?.key}`
    const tally = new Map<
      string,
      { incidents: number; pupils: Set<string>; resolved: number; checkins: number; sessions: number[] }
    >()
    const sums = new Map<string, { n: number; sum: number }>()
    const at = (key: string) => {
      const found = tally.get(key) ?? {
        incidents: 0,
        pupils: new Set(),
        resolved: 0,
        checkins: 0,
        sessions: [0, 0, 0],
      }
      tally.set(key, found)
      return found
    }
    const keyOfIncident = new Map<string, string>()
    for (const { source, id, data } of stands.of('incident.reported')) {
      const key = keyOf(data.school, data.occurredOn)
      keyOfIncident.set(`${source} ${id}`, key)
      at(key).incidents++
      at(key).pupils.add(data.participants[0].pupil)
    }
    for (const { data } of stands.of('incident.resolved'))
      at(keyOfIncident.get(`${data.incident.source} ${data.incident.id}`)!).resolved++
    for (const { data } of stands.of('checkin.submitted')) {
      const key = keyOf(data.school, data.submittedOn)
      at(key).checkins++
      const scored = score(resilienceWheel2, data.informant, data.answers)
      if (!('subscales' in scored)) throw new Error(scored.refused)
      for (const { id, score: value } of scored.subscales) {
        const sum = sums.get(`${key} ${id}`) ?? { n: 0, sum: 0 }
        sums.set(`${key} ${id}`, { n: sum.n + 1, sum: sum.sum + value })
      }
    }
    for (const { data } of stands.of('attendance.recorded')) {
      const { sessions } = at(keyOf(data.school, data.to))
      sessions[0]! += data.possible
      sessions[1]! += data.authorised + data.unauthorised
      sessions[2]! += data.unauthorised
    }
    for (const row of truth.halfTerms) {
      const key = `${row.school} ${row.academicYear} ${row.halfTerm}`
      const { incidents, pupils, resolved, checkins, sessions } = at(key)
      expect(sessions).toEqual([row.possible, row.missed, row.unauthorised])
      expect({ key, incidents, pupils: pupils.size, resolved, checkins }).toEqual({
        ...{ key, incidents: row.incidents, pupils: row.pupilsWithIncident },
        ...{ resolved: row.resolved, checkins: row.checkins },
      })
      for (const [id, mean] of Object.entries(row.means)) {
        const { n, sum } = sums.get(`${key} ${id}`)!
        expect(mean).toBeCloseTo(sum / n, 9)
      }
    }
    expect(tally.size).toBe(truth.halfTerms.length)
  })

  it('has rolls that its pupils add up to, by authority and characteristic', () => {
    const { schools } = simulatedRegister(small)
    const authorityOf = new Map(schools.map(({ urn, authority }) => [String(urn), authority]))
    for (const roll of truth.rolls) {
      const newest = new Map<string, Event>()
      for (const event of stands.of('pupil.context.changed')) {
        const { pupil, effectiveFrom } = event.data
        if (effectiveFrom > roll.censusDate) continue
        if ((newest.get(pupil)?.data.effectiveFrom ?? '') < effectiveFrom) newest.set(pupil, event)
      }
      const pupils = [...newest.values()].filter(
        ({ data }) => authorityOf.get(data.school) === roll.authority,
      )
      const by = (of: (data: any) => string) => {
        const counts: Record<string, number> = {}
        for (const { data } of pupils) counts[of(data)] = (counts[of(data)] ?? 0) + 1
        return counts
      }
      expect(pupils.length).toBe(roll.headcount)
      expect(by(({ school }) => school)).toEqual(roll.schools)
      expect(by(({ ncYear }) => ncYear)).toEqual(roll.ncYear)
      expect(by(({ sex }) => sex)).toEqual(roll.sex)
      expect(by(({ senProvision }) => senProvision)).toEqual(roll.senProvision)
      expect(by(({ fsm }) => (fsm.at(-1).type === 'none' ? 'no' : 'yes'))).toEqual(roll.fsm)
    }
    expect(truth.rolls).toHaveLength(4)
  })

  it('has the absence of each phase that a recount finds, pupils at a school who miss a tenth or half of their year too', () => {
    const { schools } = simulatedRegister(small)
    const phaseOf = new Map(schools.map(({ urn, phase }) => [String(urn), phase]))
    const years = new Map<string, { phase: string; possible: number; missed: number }>()
    for (const { data } of stands.of('attendance.recorded')) {
      const key = `${data.school} ${data.pupil}`
      const { possible, missed } = years.get(key) ?? { possible: 0, missed: 0 }
      years.set(key, {
        phase: phaseOf.get(data.school)!,
        ...{ possible: possible + data.possible, missed: missed + data.possible - data.attended },
      })
    }
    for (const { phase, ...found } of truth.absences) {
      const of = [...years.values()].filter((one) => one.phase === phase)
      const sum = (what: 'possible' | 'missed') => of.reduce((so, one) => so + one[what], 0)
      const missing = (part: number) => of.filter(({ possible, missed }) => missed >= part * possible).length
      expect(found).toEqual({
        ...{ academicYear: 2025, pupils: of.length, possible: sum('possible'), missed: sum('missed') },
        ...{ rate: (100 * sum('missed')) / sum('possible'), persistent: missing(0.1), severe: missing(0.5) },
      })
    }
    expect(truth.absences.map(({ phase }) => phase).sort()).toEqual(['PS', 'SS'])
  })

  it('has a share of pupils who are persistently absent, more of them in secondary schools', () => {
    const share = (phase: string) => {
      const { pupils, persistent } = truth.absences.find((one) => one.phase === phase)!
      return persistent / pupils
    }
    expect(share('PS')).toBeGreaterThan(0.1)
    expect(share('PS')).toBeLessThan(share('SS'))
    expect(share('SS')).toBeLessThan(0.3)
  })

  it('ends with the tiers that its assignments and exits lead to', () => {
    for (const domain of ['semh', 'behaviour', 'attendance'] as const) {
      const tiers = new Map<string, { day: string; tier: number }>()
      const set = (pupil: string, day: string, tier: number) => {
        if ((tiers.get(pupil)?.day ?? '') <= day) tiers.set(pupil, { day, tier })
      }
      const steps = [...stands.of('tier.exited'), ...stands.of('tier.assigned')]
      for (const { data } of steps.filter((event) => event.data.domain === domain))
        set(data.pupil, data.assignedOn ?? data.exitedOn, data.tier ?? 1)
      const counts = [2, 3].map((tier) => [...tiers.values()].filter((one) => one.tier === tier).length)
      expect(truth.tiers[domain].slice(1)).toEqual(counts)
      expect(counts[0]).toBeGreaterThan(0)
      expect(truth.tiers[domain].reduce((sum, count) => sum + count, 0)).toBe(truth.pupils)
    }
  })

  it('has tiers decided by persons who mostly follow the shipped rules, and say which', () => {
    const decided = stands.of('tier.assigned').map(({ data }) => data)
    const followed = decided.filter(({ reason }) => reason === 'recommended')
    expect(followed.length).toBeGreaterThan(0.8 * decided.length)
    expect(followed.length).toBeLessThan(decided.length)
    for (const { domain, tier, explanation } of followed) {
      const { version, rules } = defaultTimelines[domain as keyof typeof defaultTimelines][0]!.policy
      const rule = rules.find(({ id }) => id === explanation.rule)!
      expect([explanation.policyVersion, rule.to]).toEqual([version, tier])
      expect(Object.keys(explanation.observed)).toHaveLength(rule.conditions.length)
    }
  })

  it('follows up nothing that does not stand', () => {
    for (const [type, name] of [
      ['plan.reviewed', 'plan'],
      ['plan.closed', 'plan'],
      ['goal.rated', 'plan'],
      ['intervention.session.delivered', 'intervention'],
      ['intervention.ended', 'intervention'],
      ['incident.resolved', 'incident'],
    ] as const)
      for (const { data } of stands.of(type)) expect(stands.has(data[name])).toBe(true)
  })

  it('shows that it is invented wherever it has a name', () => {
    expect(simulatedAuthority(0).name).toMatch(/\(simulated\)$/)
    const { schools } = simulatedRegister({ authorities: 9, schools: 2_000, seed: 1 })
    expect(schools.every(({ name }) => name.includes('(simulated)'))).toBe(true)
    expect(new Set(schools.map(({ name }) => name)).size).toBe(2_000)
    expect(new Set(schools.map(({ laestab }) => laestab)).size).toBe(2_000)
    expect(schools.every(({ urn }) => urn > 880_000 && urn < 890_000)).toBe(true)
    expect(lines.every((line) => line.includes('"source":"urn:cairn:simulated/88'))).toBe(true)
  })
})

describe('the programmes of a county', () => {
  it('come back from the raw check-ins: one works by what is known, the other by nothing', () => {
    const { lines, truth } = linesOf({ authorities: 1, schools: 40, weeks: 20, seed: 3 })
    const stands = standing(lines)
    const checkins = new Map<string, { day: string; score: number }[]>()
    for (const { id, data } of stands.of('checkin.submitted')) {
      // What staff add out of concern is told apart by its id.
      if (!id.startsWith('c-')) continue
      const answers = Object.values(data.answers as Record<string, number>)
      const mean = answers.reduce((sum, answer) => sum + answer, 0) / answers.length
      checkins.set(data.pupil, [
        ...(checkins.get(data.pupil) ?? []),
        { day: data.submittedOn, score: ((mean - 1) / 4) * 100 },
      ])
    }
    for (const list of checkins.values()) list.sort((a, b) => (a.day < b.day ? -1 : 1))
    const ends = new Map(
      stands
        .of('intervention.ended')
        .filter(({ data }) => data.reason === 'planned_end')
        .map(({ data }) => [`${data.intervention.source} ${data.intervention.id}`, data.endedOn as string]),
    )
    const effects = truth.programmes.map(({ type, observed }) => {
      const changes: number[] = []
      for (const { source, id, data } of stands.of('intervention.started')) {
        const endedOn = ends.get(`${source} ${id}`)
        if (data.type !== type || !endedOn) continue
        const own = checkins.get(data.pupil) ?? []
        const before = own.filter(({ day }) => day <= data.startedOn).at(-1)
        const after = own.find(({ day }) => day > endedOn)
        if (before && after) changes.push(after.score - before.score)
      }
      const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length
      expect(changes.length).toBe(observed.n)
      expect(mean).toBeCloseTo(observed.after! - observed.before!, 3)
      const squares = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0)
      return { mean, error: Math.sqrt(squares / (changes.length - 1) / changes.length) }
    })
    const [works, not] = effects as [(typeof effects)[0], (typeof effects)[0]]
    // Both are drawn to the mean alike: hence the difference.
    const caused = truth.programmes[0]!.points.mean! - truth.programmes[1]!.points.mean!
    expect(caused).toBeGreaterThan(5)
    expect(not.mean).toBeGreaterThan(2)
    expect(Math.abs(works.mean - not.mean - caused)).toBeLessThan(2.6 * Math.hypot(works.error, not.error))
    expect(works.mean - not.mean).toBeGreaterThan(2.6 * Math.hypot(works.error, not.error))
  })
})

describe('memory', () => {
  const peak = (weeks: number): { heap: number; outside: number } => {
    const script = `
      import { simulate } from '@cairn/simulation'
      let heap = 0, outside = 0, day = 0
      for (const _ of simulate({ authorities: 1, schools: 20, weeks: ${weeks}, seed: 1 })) {
        if (day++ % 7 !== 0) continue
        // Buffers outside the heap are let go a turn after what held them.
        globalThis.gc()
        await new Promise(setImmediate)
        globalThis.gc()
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        heap = Math.max(heap, heapUsed); outside = Math.max(outside, arrayBuffers)
      }
      console.log(JSON.stringify({ heap, outside }))`
    const run = spawnSync(
      process.execPath,
      ['--max-old-space-size=200', '--expose-gc', '--input-type=module', '-e', script],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    )
    if (run.status !== 0) throw new Error(run.stderr)
    return JSON.parse(run.stdout)
  }

  it('does not grow with the weeks, and fits a heap of 200 MB', () => {
    const [once, twice] = [peak(40), peak(80)]
    expect(twice.heap).toBeLessThan(once.heap * 1.1 + 1e6)
    expect(twice.outside).toBeLessThan(once.outside * 1.25 + 4e6)
  }, 60_000)
})
