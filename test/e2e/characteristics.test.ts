import { KeyCache } from '@cairn/control-plane'
import { instruments, scorer } from '@cairn/mtss'
import { directlyStandardisedRate, rateRatio, ratioToExpected } from '@cairn/statistics'
import { createLogger } from '@cairn/telemetry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Aggregator } from '../../services/aggregator/aggregator.ts'
import { openReader } from '../../services/aggregator/reader.ts'
import { type Installation, installation } from '../../services/gateway/installation.ts'
import { closeYear } from '../../services/gateway/releases/testing.ts'
import { buildIngest } from '../../services/ingest/app.ts'
import { grantFrom } from '../../services/ingest/grants.ts'
import { characteristicsByHand } from '../chaos/contexts-by-hand.ts'
import { type LoggedInput, winners } from '../chaos/model.ts'
import { type Input, randomBy } from '../chaos/stream.ts'
import { parts } from '../chaos/topic.ts'
import { modelOptions } from '../chaos/world.ts'

/**
 * From events over HTTP to answers by pupils' characteristics: what readers get equals the published methods on counts
 * that plain code makes of the same events.
 */
const authority = 901
const schools = [1, 2, 3, 4, 5, 6].map((n) => 899_100 + n)
const year = { period: 'period: { academicYears: ["202425"] }', starts: 2024 }
const strata = ['7', '8', '9'].flatMap((ncYear) =>
  ['F', 'M'].flatMap((sex) => [true, false].map((fsm) => ({ ncYear, sex, fsm }))),
)
type Stratum = (typeof strata)[number]
const names = ({ ncYear, sex, fsm }: Stratum) => [
  `nc_year=${ncYear}`,
  `sex=${sex}`,
  `fsm=${fsm ? 'yes' : 'no'}`,
]
const pupilsEach = 20

const event = (id: string, version: number, type: string, data: unknown): Input => ({
  ...{ authority, source: 'urn:mis', id, version, type, data },
})

interface Pupil {
  readonly id: string
  readonly school: number
  readonly is: Stratum
}

/** What is sent first, and what comes late: contexts, corrections, retractions, duplicates, an erasure. */
function history(): { first: Input[]; later: Input[] } {
  const random = randomBy(20)
  const below = (n: number) => Math.floor(random() * n)
  const pupils: Pupil[] = schools.flatMap((school) =>
    strata.flatMap((is, s) =>
      Array.from({ length: pupilsEach }, (_, i) => ({ id: `p-${school}-${s}-${i}`, school, is })),
    ),
  )
  const someone = (): Pupil => {
    for (;;) {
      const pupil = pupils[below(pupils.length)]!
      const { sex, fsm } = pupil.is
      if (random() < (sex === 'M' ? 0.9 : 0.5) + (fsm ? 0.1 : 0)) return pupil
    }
  }
  const context = ({ id, school, is }: Pupil, version = 1): Input =>
    event(`context-${id}`, version, 'pupil.context.changed', {
      ...{ school: String(school), pupil: id, effectiveFrom: '2024-09-02', ncYear: is.ncYear, sex: is.sex },
      fsm: [
        { type: 'none', from: '2020-09-01' },
        // Some became eligible in the year: what they were on the day counts.
        ...(is.fsm ? [{ type: 'TFSM', from: id.endsWith('-3') ? '2025-01-06' : '2023-09-04' }] : []),
      ],
    })
  const incident = (i: number, version = 1, by: Pupil | undefined = someone()): Input =>
    event(`incident-${i}`, version, 'incident.reported', {
      school: String(by?.school ?? schools[0]),
      occurredOn: new Date(Date.UTC(2024, 8, 9) + ((i * 37) % 280) * 86_400_000).toISOString().slice(0, 10),
      ...{ behaviours: ['bullying'], mode: 'in_person', location: 'playground', severity: 2 },
      participants: by ? [{ role: 'perpetrator', pupil: by.id }] : [],
    })
  const rolls = schools.map((school, s) =>
    event(`roll-${school}`, 1, 'roll.snapshot.published', {
      ...{ school: String(school), census: 'spring', censusDate: '2025-01-16' },
      rows: strata.map((is, i) => ({ ...is, headcount: pupilsEach + ((s + i) % 3) })),
    }),
  )
  // More than pupils everywhere: near the roll a count is held back for what it leaves.
  const incidents = Array.from({ length: 4_500 }, (_, i) => incident(i))
  const nobodys = Array.from({ length: 12 }, (_, i) => {
    const { data, ...rest } = incident(9_000 + i)
    return { ...rest, data: { ...data, participants: [] } }
  })
  const isLate = (i: number) => i % 7 === 0
  const retracted = incidents
    .slice(100, 140)
    .map(({ source, id }, i) =>
      event(`retraction-${i}`, 1, 'event.retracted', { source, id, version: 2, reason: 'entered_in_error' }),
    )
  const otherSex = ({ is, ...pupil }: Pupil) => ({ ...pupil, is: { ...is, sex: is.sex === 'F' ? 'M' : 'F' } })
  return {
    first: [
      ...rolls,
      ...pupils.filter((_, i) => !isLate(i)).map((p) => context(p)),
      ...incidents,
      ...nobodys,
    ],
    later: [
      ...pupils.filter((_, i) => isLate(i)).map((p) => context(p)),
      ...pupils.filter((_, i) => i % 30 === 1).map((p) => context(otherSex(p), 2)),
      ...Array.from({ length: 60 }, (_, i) => incident(i, 2)),
      ...retracted,
      ...incidents.slice(200, 260),
      event('erasure', 1, 'pupil.erased', { school: String(schools[0]), pupil: pupils[5]!.id }),
    ],
  }
}

let gateway: Installation
let analyst: string
const sent: LoggedInput[] = []
beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: schools.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'SS', synthetic: true })),
  })
  const { controlPlane, log, warehouse } = gateway
  analyst = await gateway.keyOf('analyst', 'analyst', [authority])
  const ingest = await buildIngest({
    log,
    directory: {
      schoolsOf: async (code) => (await controlPlane.schools.list([code])).map(({ urn }) => urn),
      pseudonymKey: (code) => controlPlane.authorities.pseudonymKey(code),
    },
    authenticate: grantFrom({ keys: new KeyCache(controlPlane.keys), readers: controlPlane.readers }),
    checkControlPlane: async () => undefined,
    logger: createLogger('ingest', { level: 'silent' }),
  })
  const { key } = await controlPlane.keys.create({
    ...{ kind: 'ingest', authority, school: null, sources: ['urn:mis'], label: 'test' },
  })
  const send = async (events: readonly Input[]) => {
    for (let at = 0; at < events.length; at += 500) {
      const some = events.slice(at, at + 500)
      const { statusCode, body } = await ingest.inject({
        ...{ method: 'POST', url: '/v1/events' },
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
        payload: some.map((one) => JSON.stringify(parts(one))).join('\n'),
      })
      expect({ statusCode, body }).toMatchObject({ statusCode: 202 })
      for (const one of some) sent.push({ ...one, offset: sent.length })
    }
  }
  const aggregator = new Aggregator({
    ...{ warehouse, ledger: controlPlane.ledger, policies: controlPlane.policies, owner: 'test' },
    calendars: {
      revision: () => controlPlane.calendars.revision(),
      of: (codes) => controlPlane.calendars.weeks(codes, { from: 2014, to: 2026 }),
    },
    context: { score: scorer(instruments) },
    authorities: async () => [authority],
    partitionOf: (code) => log.partitionOf(code),
  })
  const reader = await openReader(log, { score: scorer(instruments) }, { maxRecords: 1_000 })
  const aggregate = async () => {
    for (;;) {
      const { assigned, spans, rows, records } = await reader.next(100)
      if (assigned.length > 0) await reader.start(await aggregator.claim(assigned), aggregator.erased)
      else if (records === 0) break
      else await aggregator.write(spans, rows)
    }
    await aggregator.drain()
    await aggregator.settle()
  }
  const { first, later } = history()
  await send(first)
  await aggregate()
  await send(later)
  await aggregate()
  await closeYear(gateway, { authority, year: year.starts, schools })
  await reader.close()
  await ingest.close()
}, 120_000)
afterAll(() => gateway?.close())

/** Events and pupils of a school, or of all, who share these characteristics. */
function counted() {
  const { current } = winners(sent, modelOptions)
  const of = characteristicsByHand(current)
  const incidents = current
    .filter((e) => e.type === 'incident.reported')
    .map(({ data }) => ({
      school: Number(data.school),
      is: of(authority, data.participants[0]?.pupil, data.occurredOn),
    }))
  const roll = current
    .filter((e) => e.type === 'roll.snapshot.published')
    .flatMap(({ data }) =>
      data.rows.map((row: Stratum & { headcount: number }) => ({
        ...{ school: Number(data.school), is: names(row), n: row.headcount },
      })),
    )
  return (keys: readonly string[], school?: number) => {
    const mine = (one: { school: number; is: readonly string[] }) =>
      (school === undefined || one.school === school) && keys.every((key) => one.is.includes(key))
    return {
      x: incidents.filter(mine).length,
      n: roll.filter(mine).reduce((sum, { n }) => sum + n, 0),
    }
  }
}

const estimate = 'status value lower upper'
const near = ({ value, lower, upper }: any) => ({
  status: 'OK',
  value: expect.closeTo(value, 9),
  lower: expect.closeTo(lower, 9),
  upper: expect.closeTo(upper, 9),
})

const compared = async (by: readonly string[]): Promise<Map<number, any>> => {
  const standardised = `{ strata ${estimate} }`
  const { data, errors } = await gateway.ask(
    analyst,
    `{ compareSchools(metric: "incident_rate", authority: ${authority}, ${year.period}, standardiseBy: ${JSON.stringify(by)}) {
      rows { schoolUrn numerator denominator standardisedRate ${standardised} standardisedRatio ${standardised} } } }`,
  )
  expect(errors).toBeUndefined()
  const rows = new Map<number, any>(data.compareSchools.rows.map((row: any) => [row.schoolUrn, row]))
  expect([...rows.keys()].sort()).toEqual(schools)
  for (const row of rows.values()) expect(row.standardisedRatio.strata).toEqual(by)
  return rows
}

/** Each stratum once, as its names. */
const strataBy = (by: readonly string[]): string[][] =>
  [
    ...new Set(
      strata.map((is) =>
        names(is)
          .filter((name) => by.includes(name.split('=')[0]!))
          .join(';'),
      ),
    ),
  ].map((key) => key.split(';'))

/** Of a school, at the authority's rates; incidents of no known perpetrator are spread as the others. */
function expectedOf(count: ReturnType<typeof counted>, by: readonly string[], school: number): number {
  const keys = strataBy(by)
  const known = keys.reduce((sum, key) => sum + count(key).x, 0)
  const plain = keys.reduce((sum, key) => sum + (count(key, school).n * count(key).x) / count(key).n, 0)
  return (plain * count([]).x) / known
}

test.each([[['nc_year']], [['sex']], [['fsm']]])(
  'schools standardised by %j equal the methods on what plain code counts of the events',
  async (by) => {
    const [rows, count] = [await compared(by), counted()]
    let shown = 0
    for (const school of schools) {
      const whole = count([], school)
      const direct = directlyStandardisedRate(
        strataBy(by).map((key) => ({ ...count(key, school), weight: count(key).n })),
        { per: 100 },
      )
      const indirect = ratioToExpected(whole.x, expectedOf(count, by, school), { per: 100 })
      const row = rows.get(school)
      expect(row).toMatchObject({ numerator: whole.x, denominator: whole.n })
      // Few incidents without a perpetrator hide a stratum of the school's, and the standardised figure with it.
      const held = { strata: by, status: 'SUPPRESSED', value: null, lower: null, upper: null }
      for (const [found, wanted] of [
        [row.standardisedRate, direct],
        [row.standardisedRatio, indirect],
      ]) {
        expect(found).toEqual(found.status === 'SUPPRESSED' ? held : { strata: by, ...near(wanted) })
        if (found.status === 'OK') shown++
      }
    }
    expect(shown).toBeGreaterThan(schools.length)
  },
)

test('by NC year, sex and free school meals at once the ratio is within 1 % of what plain code counts in every stratum', async () => {
  const by = ['nc_year', 'sex', 'fsm']
  const [rows, count] = [await compared(by), counted()]
  for (const school of schools) {
    const { standardisedRate, standardisedRatio } = rows.get(school)
    expect(standardisedRate).toMatchObject({ status: 'NOT_APPLICABLE', value: null })
    const wanted = ratioToExpected(count([], school).x, expectedOf(count, by, school), { per: 100 })
    expect(standardisedRatio.status).toBe('OK')
    for (const part of ['value', 'lower', 'upper'] as const)
      expect(Math.abs(standardisedRatio[part] / wanted[part] - 1)).toBeLessThan(0.01)
  }
})

test.each([
  ['sex', ['F', 'M']],
  ['fsm', ['yes', 'no']],
])(
  'each group by %s against all others equals the rate ratio on what plain code counts',
  async (by, values) => {
    const { data, errors } = await gateway.ask(
      analyst,
      `{ inequality(metric: "incident_rate", authority: ${authority}, ${year.period}, by: "${by}") {
      total { numerator denominator } groups { dimensions { value } numerator denominator ratio { ${estimate} } } } }`,
    )
    expect(errors).toBeUndefined()
    const count = counted()
    const total = count([])
    expect(data.inequality.total).toEqual({ numerator: total.x, denominator: total.n })
    for (const value of values) {
      const own = count([`${by}=${value}`])
      const group = data.inequality.groups.find((row: any) => row.dimensions[0]?.value === value)
      expect(group).toMatchObject({
        ...{ numerator: own.x, denominator: own.n },
        ratio: near(rateRatio(own, { x: total.x - own.x, n: total.n - own.n })),
      })
    }
  },
)

test('what came late is in the answers: without it plain code counts other numbers', () => {
  const all = counted()
  const late = sent.splice(sent.findIndex((e) => e.id === 'retraction-0'))
  const without = counted()
  sent.push(...late)
  expect(without([]).x).not.toBe(all([]).x)
})
