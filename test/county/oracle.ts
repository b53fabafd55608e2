import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { identityOf, normalisePupil } from '@cairn/contracts'
import {
  defaultTimelines,
  evaluateTiers,
  evidenceSources,
  kinds,
  resilienceWheel2,
  score,
  seriesOf,
  sourceNumber,
  tierAt,
  weekIndex,
  weekOfTime,
} from '@cairn/mtss'

const domains = ['semh', 'behaviour', 'attendance'] as const
export type OracleDomain = (typeof domains)[number]

/** One piece of evidence, ordered as the engine orders: by day, then by identity, its second half first. */
interface Said {
  readonly order: string
  readonly week: number
  readonly kind: number
  readonly source: number
  readonly domains: readonly OracleDomain[]
  /** Of a check-in: `[subscale, score in hundredths, severity]`. */
  readonly scores: readonly (readonly [string, number, number])[]
  readonly severity: number
  readonly tier: number
  /** Of attendance. */
  readonly sessions?: { readonly attended: number; readonly possible: number }
}

/** Recommendations of one authority: what each pupil's row must be. */
export interface Oracle {
  readonly present: number
  /** By domain and pupil (32 hex characters of the pseudonym): JSON of the episodes. */
  readonly rows: ReadonlyMap<string, string>
  /** Pupils by `domain school`, tiers 1 to 3, at the end of the present week. */
  readonly mix: ReadonlyMap<string, readonly [number, number, number]>
}

interface Standing {
  version: number
  pupils: string[]
  said: (pupil: string) => Said
}

const days = {
  'checkin.submitted': 'submittedOn',
  'incident.reported': 'occurredOn',
  'attendance.recorded': 'to',
  'tier.assigned': 'assignedOn',
  'tier.exited': 'exitedOn',
} as const

/**
 * What an authority's events, as they were written to the file, must lead to by the plain evaluator: apart from the
 * pipeline, its facts and its grouping. `pseudonymOf` is that of the authority.
 */
export async function oracleOf(file: string, pseudonymOf: (pupil: string) => string): Promise<Oracle> {
  const standing = new Map<string, Standing>()
  const retracted = new Map<string, number>()
  const homes = new Map<string, { order: string; school: number }>()
  const known = new Map<string, string>()
  const hexOf = (pupil: string) => {
    let hex = known.get(pupil)
    if (!hex) {
      hex = pseudonymOf(normalisePupil(pupil)).split(':')[1]!
      known.set(pupil, hex)
    }
    return hex
  }
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { type, source, id, version = 1, data } = JSON.parse(line)
    if (type === 'event.retracted') retracted.set(identityOf(data.source, data.id), data.version)
    else if (type === 'pupil.context.changed') {
      const [hex, order] = [hexOf(data.pupil), `${data.effectiveFrom} ${orderOf(identityOf(source, id))}`]
      if ((homes.get(hex)?.order ?? '') < order) homes.set(hex, { order, school: Number(data.school) })
    } else if (type in days) {
      const identity = identityOf(source, id)
      if ((standing.get(identity)?.version ?? 0) < version)
        standing.set(identity, { version, ...saidBy(type, data, identity, hexOf) })
    }
  }
  for (const [identity, version] of retracted)
    if ((standing.get(identity)?.version ?? version) < version) standing.delete(identity)

  const pupils = new Map<string, Said[]>()
  let newest = 0
  for (const { pupils: named, said } of standing.values())
    for (const hex of new Set(named)) {
      const one = said(hex)
      newest = Math.max(newest, one.week)
      const all = pupils.get(hex)
      if (all) all.push(one)
      else pupils.set(hex, [one])
    }
  // Of weeks to come a simulated county may have some: they do not count before they are there.
  const present = Math.min(newest, weekOfTime(Date.now()))
  return { present, ...decided(pupils, present, (hex) => homes.get(hex)!.school) }
}

const orderOf = (identity: string) => `${identity.slice(19)} ${identity.slice(0, 18)}`

function saidBy(type: string, data: any, identity: string, hexOf: (pupil: string) => string) {
  const day: string = data[days[type as keyof typeof days]]
  const common = {
    order: `${day} ${orderOf(identity)}`,
    week: weekIndex(day),
    scores: [],
    severity: 0,
    tier: 0,
  }
  if (type === 'checkin.submitted') {
    const scored = score(resilienceWheel2, data.informant, data.answers)
    if (!('subscales' in scored)) throw new Error(scored.refused)
    const said: Said = {
      ...{
        ...common,
        kind: kinds.score,
        source: sourceNumber(data.informant),
        domains: ['semh', 'behaviour'],
      },
      scores: scored.subscales.map(({ id, score: points, severity }) => [
        id,
        Math.round(points * 100),
        severity,
      ]),
    }
    return { pupils: [hexOf(data.pupil)], said: () => said }
  }
  if (type === 'incident.reported') {
    const roles = (data.participants as { role: string; pupil: string }[]).map(
      ({ role, pupil }) => [hexOf(pupil), role] as const,
    )
    return {
      pupils: roles.map(([hex]) => hex),
      said: (hex: string): Said => ({
        ...{
          ...common,
          kind: kinds.incident,
          source: evidenceSources.behaviour_log,
          severity: data.severity,
        },
        domains: [
          ...(roles.some(([who, role]) => who === hex && role === 'target') ? ['semh' as const] : []),
          ...(roles.some(([who, role]) => who === hex && role === 'perpetrator')
            ? ['behaviour' as const]
            : []),
        ],
      }),
    }
  }
  if (type === 'attendance.recorded') {
    const { attended, possible } = data
    const said: Said = {
      ...{ ...common, kind: kinds.attendance, source: evidenceSources.register, domains: ['attendance'] },
      sessions: { attended, possible },
    }
    return { pupils: [hexOf(data.pupil)], said: () => said }
  }
  const said: Said = {
    ...{ ...common, kind: kinds.assignment, source: evidenceSources.decision },
    ...{ domains: [data.domain], tier: data.tier ?? 1 },
  }
  return { pupils: [hexOf(data.pupil)], said: () => said }
}

function decided(
  pupils: ReadonlyMap<string, Said[]>,
  present: number,
  schoolOf: (hex: string) => number,
): Pick<Oracle, 'rows' | 'mix'> {
  const rows = new Map<string, string>()
  const mix = new Map<string, [number, number, number]>()
  for (const [hex, all] of pupils) {
    all.sort((a, b) => (a.order < b.order ? -1 : 1))
    for (const domain of domains) {
      const names = seriesOf(defaultTimelines[domain])
      const evidence = arraysOf(
        all.filter(({ domains }) => domains.includes(domain)),
        names,
      )
      const episodes = evaluateTiers(evidence, names, defaultTimelines[domain], present)
      if (episodes.from.length === 0) continue
      rows.set(`${domain} ${hex}`, JSON.stringify(episodes))
      const key = `${domain} ${schoolOf(hex)}`
      const counts = mix.get(key) ?? [0, 0, 0]
      counts[tierAt(episodes, present) - 1]!++
      mix.set(key, counts)
    }
  }
  return { rows, mix }
}

function arraysOf(said: readonly Said[], names: readonly string[]) {
  const rows = said.flatMap((one, event) =>
    one.kind === kinds.score
      ? one.scores.map(([subscale, value, severity]) => ({
          ...{ ...one, event, value, severity, series: names.indexOf(`resilience-wheel.${subscale}`) },
        }))
      : [{ ...one, event, series: -1, value: one.sessions?.attended ?? one.tier }],
  )
  return {
    event: rows.map((r) => r.event),
    ...{ week: rows.map((r) => r.week), kind: rows.map((r) => r.kind), source: rows.map((r) => r.source) },
    ...{
      series: rows.map((r) => r.series),
      value: rows.map((r) => r.value),
      outOf: rows.map((r) => r.sessions?.possible ?? 0),
    },
    severity: rows.map((r) => r.severity),
  }
}
