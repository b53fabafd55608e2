/**
 * What the figures must be, worked out from the whole log by plain code that shares nothing with the pipeline: no SQL,
 * no receipts, no batches. One pass to find the winner of each identity, one to count.
 */

import { characteristicsByHand, combined } from './contexts-by-hand.ts'

/** One accepted event in log order. `offset` is its place in its authority's partition. */
export interface LoggedInput {
  readonly authority: number
  readonly offset: number
  readonly source: string
  readonly id: string
  readonly version: number
  readonly type: string
  readonly data: any
  /** When the log took it, ms since 1970. Without, some time after the day that it speaks of. */
  readonly appendedAt?: number
}

export interface Measured {
  n: number
  sx: number
  sxx: number
}

export interface Terms {
  accepted: number
  current: number
  superseded: number
  duplicates: number
  conflicts: number
  quarantined: number
  retracted: number
  erased: number
}

export interface Expected {
  /** `authority|metric|grain|school|period|breakdown` → what stands there; nothing stands for absent keys. */
  readonly cells: Map<string, Measured>
  readonly terms: Map<number, Terms>
}

export interface ModelOptions {
  /** First days of the six half-terms of an academic year. */
  halfTermStarts(academicYear: number): readonly string[]
  /** Subscale scores of a check-in, or undefined where the instrument is not known. */
  score(instrument: string, answers: Record<string, number>): Map<string, number> | undefined
  /** Scores of the factors that the items speak of. */
  factors(answers: Record<string, number>): Map<string, number>
}

type Versions = LoggedInput[]

export function expected(log: readonly LoggedInput[], options: ModelOptions): Expected {
  const { current, terms } = winners(log, options)
  return { cells: count(current, options), terms }
}

/** What stands of a log: the winner of each identity that is neither retracted nor erased. */
export function winners(
  log: readonly LoggedInput[],
  options: ModelOptions,
): { current: LoggedInput[]; terms: Map<number, Terms> } {
  const terms = new Map<number, Terms>()
  const identities = new Map<string, { name: string; versions: Versions[] }>()
  const erasedPupils = new Set<string>()
  const termsOf = (authority: number): Terms => {
    const there = terms.get(authority) ?? {
      accepted: 0,
      current: 0,
      superseded: 0,
      duplicates: 0,
      conflicts: 0,
      quarantined: 0,
      retracted: 0,
      erased: 0,
    }
    terms.set(authority, there)
    return there
  }
  for (const event of log) {
    const t = termsOf(event.authority)
    t.accepted++
    if (event.type === 'checkin.submitted' && !options.score(event.data.instrument, event.data.answers)) {
      t.quarantined++
      continue
    }
    if (event.type === 'pupil.erased') erasedPupils.add(`${event.authority} ${event.data.pupil}`)
    const target = event.type === 'event.retracted' ? event.data : event
    const name = `${event.authority} ${target.source} ${target.id}`
    const identity = identities.get(name) ?? { name, versions: [] }
    identities.set(name, identity)
    const same = identity.versions.find((v) => versionOf(v[0]!) === target.version)
    if (!same) identity.versions.push([event])
    else {
      if (content(same[0]!) === content(event)) t.duplicates++
      else t.conflicts++
      same.push(event)
    }
  }
  const current: LoggedInput[] = []
  for (const { versions } of identities.values()) {
    const t = termsOf(versions[0]![0]!.authority)
    const all = versions.flat()
    const winner = versions.map((v) => v[0]!).reduce((a, b) => (versionOf(b) > versionOf(a) ? b : a))
    const erased = all.some((e) => pupilsOf(e).some((p) => erasedPupils.has(`${e.authority} ${p}`)))
    if (erased || winner.type === 'pupil.erased') t.erased += versions.length
    else if (winner.type === 'event.retracted') t.retracted += versions.length
    else {
      t.current++
      t.superseded += versions.length - 1
      current.push(winner)
    }
  }
  return { current, terms }
}

const versionOf = (e: LoggedInput): number => (e.type === 'event.retracted' ? e.data.version : e.version)

const content = (e: LoggedInput): string => JSON.stringify([e.type, e.version, sorted(e.data)])

const sorted = (value: any): any => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

function pupilsOf(e: LoggedInput): string[] {
  if (e.type === 'incident.reported') return e.data.participants.map((p: any) => p.pupil)
  return e.data.pupil ? [e.data.pupil] : []
}

function count(current: readonly LoggedInput[], options: ModelOptions): Map<string, Measured> {
  const cells = new Map<string, Measured>()
  const of = characteristicsByHand(current)
  const add = (key: string, n: number, x = 0) => {
    const cell = cells.get(key) ?? { n: 0, sx: 0, sxx: 0 }
    cell.n += n
    cell.sx += x
    cell.sxx += x * x
    cells.set(key, cell)
  }
  const seen = new Set<string>()
  const addPupil = (e: LoggedInput, metric: string, day: string, pupil: string, breakdowns: string[]) => {
    for (const [grain, period] of periods(day, options))
      for (const d of breakdowns) {
        const key = `${e.authority}|${metric}|${grain}|${Number(e.data.school)}|${period}|${d}`
        if (!seen.has(`${key} ${pupil}`)) add(key, 1)
        seen.add(`${key} ${pupil}`)
      }
  }
  const addInYear = (e: LoggedInput, metric: string, day: string, own: readonly string[]) => {
    const year = periods(day, options).at(-1)![1]
    for (const d of combined(own)) add(`${e.authority}|${metric}|4|${Number(e.data.school)}|${year}|${d}`, 1)
  }
  /** By what a pupil is on the day of the last event in the period: day → pupil → what to count. */
  const latest = new Map<string, { day: string; keys: string[] }>()
  const addLatest = (e: LoggedInput, metric: string, day: string, pupil: string) => {
    for (const [grain, period] of periods(day, options)) {
      const key = `${e.authority}|${metric}|${grain}|${Number(e.data.school)}|${period}|${pupil}`
      if ((latest.get(key)?.day ?? '') <= day) latest.set(key, { day, keys: of(e.authority, pupil, day) })
    }
  }
  const rolls = new Map<string, LoggedInput>()
  for (const e of current) {
    const at = (metric: string, day: string, d: string) =>
      `${e.authority}|${metric}|1|${Number(e.data.school)}|${compact(weekOf(day))}|${d}`
    if (e.type === 'exclusion.recorded') {
      const reasons: string[] = e.data.reasons.length > 0 ? e.data.reasons : ['unknown']
      const type = `exclusion_type=${e.data.type}`
      const own = of(e.authority, e.data.pupil, e.data.startsOn)
      addInYear(e, 'exclusions', e.data.startsOn, own)
      for (const d of [
        '',
        type,
        ...reasons.flatMap((r) => [`reason=${r}`, `${type};reason=${r}`]),
        ...of(e.authority, e.data.pupil, e.data.startsOn),
      ])
        add(at('exclusions', e.data.startsOn, d), 1)
    } else if (e.type === 'checkin.submitted') {
      const { submittedOn: day, instrument, informant, pupil } = e.data
      const breakdowns = ['', `instrument=${instrument}`, `informant=${informant}`]
      const own = of(e.authority, pupil, day)
      for (const d of [...breakdowns, ...own]) add(at('check_ins', day, d), 1)
      addPupil(e, 'pupils_checked_in', day, pupil, breakdowns)
      addLatest(e, 'pupils_checked_in', day, pupil)
      for (const [subscale, score] of options.score(instrument, e.data.answers)!) {
        const d = `instrument=${instrument};subscale=${subscale}`
        add(at('wellbeing_score', day, d), 1, score)
        for (const c of own) add(at('wellbeing_score', day, `${d};${c}`), 1, score)
        add(at('wellbeing_score', day, `${d};informant=${informant}`), 1, score)
      }
      for (const [factor, score] of options.factors(e.data.answers)) {
        const d = `instrument=${instrument};factor=${factor};informant=${informant}`
        add(at('factor_score', day, d), 1, score)
        if (score <= 40) add(at('low_level_scores', day, d), 1)
      }
    } else if (e.type === 'incident.reported') {
      const { occurredOn: day, behaviours, mode, location, severity, participants } = e.data
      const roles = [...new Set<string>(participants.map((p: any) => p.role))]
      const each = [...behaviours.map((b: string) => `behaviour=${b}`), ...roles.map((r) => `role=${r}`)]
      const by = participants.find((p: any) => p.role === 'perpetrator')?.pupil
      const own = of(e.authority, by, day)
      addInYear(e, 'incidents', day, own)
      for (const d of ['', `mode=${mode}`, `location=${location}`, `severity=${severity}`, ...each, ...own])
        add(at('incidents', day, d), 1)
      for (const { pupil, role } of participants)
        if (role === 'target' || role === 'perpetrator') {
          addPupil(e, 'pupils_with_incident', day, pupil, ['', `role=${role}`])
          addLatest(e, 'pupils_with_incident', day, pupil)
        }
      const resolved = resolvedOn(e, current)
      if (resolved) {
        add(at('incidents_resolved', day, ''), 1)
        add(at('incidents_resolved', day, `days=${Math.max(0, daysBetween(day, resolved))}`), 1)
      }
    } else if (e.type === 'attendance.recorded') {
      const { to: day, pupil, possible, attended, authorised, unauthorised } = e.data
      const own = of(e.authority, pupil, day)
      for (const d of ['', ...own]) {
        add(at('sessions_possible', day, d), possible)
        add(at('sessions_missed', day, d), possible - attended)
      }
      add(at('sessions_missed', day, 'absence=authorised'), authorised)
      add(at('sessions_missed', day, 'absence=unauthorised'), unauthorised)
    } else if (e.type === 'roll.snapshot.published') {
      const key = `${e.authority} ${e.data.school} ${weekOf(e.data.censusDate)}`
      const before = rolls.get(key)
      const later =
        !before ||
        e.data.censusDate > before.data.censusDate ||
        (e.data.censusDate === before.data.censusDate && e.offset > before.offset)
      if (later) rolls.set(key, e)
    }
  }
  for (const [key, { keys }] of latest)
    for (const d of [...keys, ...(key.split('|')[2] === '4' ? combined(keys) : [])])
      add(key.slice(0, key.lastIndexOf('|') + 1) + d, 1)
  for (const e of rolls.values())
    for (const row of e.data.rows) {
      const fsm = row.fsm === undefined ? 'unknown' : row.fsm ? 'yes' : 'no'
      const values = {
        census: e.data.census,
        nc_year: row.ncYear ?? 'unknown',
        sex: row.sex ?? 'unknown',
        sen_provision: row.senProvision ?? 'unknown',
        fsm,
      }
      const singles = Object.entries(values).map(([name, value]) => `${name}=${value}`)
      const [, year, sex, sen, meals] = singles
      const pairs = [
        [year, sex],
        [year, sen],
        [year, meals],
        [sex, sen],
        [sex, meals],
        [sen, meals],
      ]
      for (const d of ['', ...singles, ...[...pairs, [year, sex, meals]].map((both) => both.join(';'))])
        add(
          `${e.authority}|headcount|1|${Number(e.data.school)}|${compact(weekOf(e.data.censusDate))}|${d}`,
          row.headcount,
        )
    }
  for (const [key, cell] of cells) if (cell.n === 0) cells.delete(key)
  return cells
}

/** Day of the last resolution, unless a reopening came on that day or later. */
function resolvedOn(incident: LoggedInput, current: readonly LoggedInput[]): string | undefined {
  let resolved = ''
  let reopened = ''
  for (const e of followUpsOf(current).get(`${incident.authority} ${incident.source} ${incident.id}`) ?? []) {
    if (e.type === 'incident.resolved' && e.data.resolvedOn > resolved) resolved = e.data.resolvedOn
    if (e.type === 'incident.reopened' && e.data.reopenedOn > reopened) reopened = e.data.reopenedOn
  }
  return resolved !== '' && resolved > reopened ? resolved : undefined
}

const indexed = new WeakMap<readonly LoggedInput[], Map<string, LoggedInput[]>>()

function followUpsOf(current: readonly LoggedInput[]): Map<string, LoggedInput[]> {
  let index = indexed.get(current)
  if (!index) {
    index = new Map()
    for (const e of current)
      if (e.type === 'incident.resolved' || e.type === 'incident.reopened') {
        const key = `${e.authority} ${e.data.incident.source} ${e.data.incident.id}`
        index.set(key, [...(index.get(key) ?? []), e])
      }
    indexed.set(current, index)
  }
  return index
}

const compact = (date: string): number => Number(date.replaceAll('-', ''))

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000

/** Monday of the day, not before 1 August. */
function weekOf(date: string): string {
  const [y, m, d] = date.split('-').map(Number) as [number, number, number]
  const weekday = (new Date(Date.UTC(y, m - 1, d)).getUTCDay() + 6) % 7
  const monday = new Date(Date.UTC(y, m - 1, d - weekday)).toISOString().slice(0, 10)
  const firstOfYear = `${m >= 8 ? y : y - 1}-08-01`
  return monday > firstOfYear ? monday : firstOfYear
}

function periods(date: string, options: ModelOptions): [number, number][] {
  const year = Number(date.slice(0, 4)) - (Number(date.slice(5, 7)) < 8 ? 1 : 0)
  const week = weekOf(date)
  const starts = options.halfTermStarts(year).map(weekOf)
  const halfTerm = Math.max(1, starts.filter((start) => start <= week).length)
  return [
    [1, compact(week)],
    [2, year * 100 + halfTerm],
    [3, year * 100 + Math.ceil(halfTerm / 2)],
    [4, year],
  ]
}
