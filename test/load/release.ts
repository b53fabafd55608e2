/**
 * Time of closing a release: a county's cells are seeded and its year closed three times (first release, no change, a
 * correction). `node --import tsx test/load/release.ts [SCHOOLS] [standard|strict]`; prints one JSON line.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { operatorScope } from '@cairn/access/operator'
import { calendarWeeks, defaultHalfTerms } from '@cairn/control-plane'
import { standard, strict } from '@cairn/disclosure'
import { grains, isAdditive, releasedMetrics } from '@cairn/metrics'
import {
  insertCalendar,
  migrateWarehouse,
  openWarehouse,
  readReleasedFigures,
  releasedCells,
} from '@cairn/warehouse'
import { auditRelease, closeRelease } from '@cairn/warehouse/closing'
import { startEngine } from '@cairn/warehouse/engine'

const count = Number(process.argv[2] ?? 240)
const profile = process.argv[3] === 'strict' ? strict : standard
const [authority, year] = [999, 2024]
const scope = operatorScope([authority])
const schools = Array.from({ length: count }, (_, i) => 890_000 + i)
const weeks = calendarWeeks(year, defaultHalfTerms(year))
let state = 1
/** A linear congruential generator: the same figures each time. */
const random = () => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return state / 2 ** 32
}

type Sums = readonly [n: number, sx: number, sxx: number]
type Row = readonly [
  metric: string,
  grain: number,
  school: number,
  period: number,
  cells: Record<string, Sums>,
]

/** Shares of the pupils by value; a primary school has the first seven years, a secondary school the others. */
const yearsOf = (school: number) =>
  school % 6 === 0 ? ['7', '8', '9', '10', '11'] : ['R', '1', '2', '3', '4', '5', '6']
const mix: Record<string, readonly (readonly [string, number])[]> = {
  sex: [
    ['F', 0.49],
    ['M', 0.51],
  ],
  sen_provision: [
    ['N', 0.81],
    ['K', 0.14],
    ['E', 0.05],
  ],
  fsm: [
    ['no', 0.74],
    ['yes', 0.26],
  ],
}
const namesOf = ['nc_year', ...Object.keys(mix)]
const valuesOf = (school: number, name: string): readonly (readonly [string, number])[] =>
  mix[name] ?? yearsOf(school).map((value, _, all) => [value, 1 / all.length])

/** Each of n counted pupils or events falls under one value of every characteristic. */
function spread(school: number, n: number, prefix: string, pairs: boolean): Record<string, Sums> {
  const cells = new Map<string, [number, number, number]>()
  const add = (key: string, x: number) => {
    const so = cells.get(key) ?? [0, 0, 0]
    cells.set(key, [so[0] + 1, so[1] + x, so[2] + x * x])
  }
  for (let i = 0; i < n; i++) {
    const x = Math.round(100 * random())
    const own = namesOf.map((name) => {
      let left = random()
      const values = valuesOf(school, name)
      const found = values.find(([, share]) => {
        left -= share
        return left < 0
      })
      return `${name}=${(found ?? values.at(-1)!)[0]}`
    })
    add(prefix, x)
    for (const [at, one] of own.entries()) {
      add(prefix === '' ? one : `${prefix};${one}`, x)
      if (pairs) for (const other of own.slice(at + 1)) add(`${one};${other}`, x)
    }
  }
  return Object.fromEntries(cells)
}

function merge(all: readonly Record<string, Sums>[]): Record<string, Sums> {
  const merged: Record<string, Sums> = {}
  for (const cells of all)
    for (const [key, [n, sx, sxx]] of Object.entries(cells)) {
      const so = merged[key] ?? [0, 0, 0]
      merged[key] = [so[0] + n, so[1] + sx, so[2] + sxx]
    }
  return merged
}

const subscales = ['total', 'home', 'school', 'friends'].map((one) => `instrument=rw;subscale=${one}`)

/** Weeks of every metric; of pupils longer periods too: nobody is counted twice, so that they are the sum of their weeks. */
function cellsOf(school: number, pupils: number): Row[] {
  const rows: Row[] = [['headcount', 1, school, (year + 1) * 10_000 + 113, spread(school, pupils, '', true)]]
  for (const metric of releasedMetrics()) {
    if (metric.release !== 'schools') continue
    const longer = new Map<string, { grain: number; period: number; cells: Record<string, Sums>[] }>()
    const hasMany = /check/.test(metric.id) || metric.measure.kind === 'mean'
    const often = pupils * (hasMany ? 0.04 : 0.01) * random()
    const isPupils = !isAdditive(metric)
    for (const { week, halfTerm, term } of weeks) {
      const n = isPupils
        ? Math.min(Math.round(often * random()), Math.floor(pupils / 60))
        : Math.round(often * random())
      const cells =
        metric.measure.kind === 'mean'
          ? merge(subscales.map((own) => spread(school, n, own, false)))
          : spread(school, n, '', isPupils)
      const period = Number(week.replaceAll('-', ''))
      rows.push([metric.id, 1, school, period, cells])
      for (const [grain, period] of [
        [2, year * 100 + halfTerm],
        [3, year * 100 + term],
        [4, year],
      ] as const) {
        const own = longer.get(`${grain} ${period}`) ?? { grain, period, cells: [] }
        own.cells.push(cells)
        longer.set(`${grain} ${period}`, own)
      }
    }
    for (const { grain, period, cells } of longer.values())
      if (isPupils || (grain === 4 && metric.byYear))
        rows.push([metric.id, grain, school, period, merge(cells)])
  }
  return rows
}

/** `incidents schools single year`. */
function kindOfFigure({
  metric,
  school,
  grain,
  by,
}: {
  metric: string
  school: number
  grain: string
  by: string
}) {
  const parts = by.split(';').filter((part) => namesOf.some((name) => part.startsWith(`${name}=`)))
  return `${metric} ${school > 0 ? 'schools' : 'authority'} ${['total', 'single', 'pair'][parts.length]} ${grain}`
}

const folder = mkdtempSync(join(tmpdir(), 'cairn-release-'))
const engine = await startEngine({ dataDir: folder })
const warehouse = openWarehouse(engine)
let generation = 0
const write = (rows: readonly Row[]) =>
  warehouse.insert({
    name: 'seed',
    table: 'cells',
    columns: ['authority', 'metric', 'grain', 'school', 'period', 'gen', 'd', 'n', 'sx', 'sxx'],
    rows: rows.map(([metric, grain, school, period, cells]) => {
      const sums = (at: 0 | 1 | 2) => Object.values(cells).map((one) => one[at])
      return [
        authority,
        metric,
        grain,
        school,
        period,
        generation,
        Object.keys(cells),
        sums(0),
        sums(1),
        sums(2),
      ]
    }),
  })
try {
  await migrateWarehouse(warehouse)
  await insertCalendar(warehouse, [{ authority, school: 0, weeks }], 1)
  for (const school of schools) await write(cellsOf(school, 60 + Math.round(random() * 900)))
  const close = () =>
    closeRelease({
      ...{ warehouse, scope, authority, year, schools, weeks, profile, offset: 0, now: new Date() },
    })
  // How long an event that comes meanwhile would wait.
  const waits = monitorEventLoopDelay({ resolution: 10 })
  waits.enable()
  const first = await close()
  waits.disable()
  const again = await close()
  generation++
  const corrected0 = spread(schools[0]!, 200, '', false)
  await write([['incidents', 1, schools[0]!, Number(weeks[10]!.week.replaceAll('-', '')), corrected0]])
  const corrected = await close()
  const started = performance.now()
  const rows = await readReleasedFigures(warehouse, scope, {
    ...{ release: first.release, metrics: ['incidents'], grains },
  })
  const readMs = Math.round(performance.now() - started)
  const took: number[] = []
  for (let i = 0; i < 40; i++) {
    const from = performance.now()
    await releasedCells(warehouse, scope, {
      ...{ authority, year, metric: 'incidents', units: 'schools', grain: 'year' },
    })
    took.push(performance.now() - from)
  }
  took.sort((a, b) => a - b)
  const cellsMs = { p50: Math.round(took[20]! * 10) / 10, p95: Math.round(took[38]! * 10) / 10 }
  // The longest that another event waits for one step of it.
  let [from, longest] = [performance.now(), 0]
  const audited = await auditRelease(warehouse, { scope, authority, year }, async () => {
    longest = Math.max(longest, performance.now() - from)
    await turn()
    from = performance.now()
  })
  const { figures, digest } = first.release
  const all = await readReleasedFigures(warehouse, scope, {
    ...{ release: first.release, metrics: [...first.release.definitions.keys()], grains },
  })
  const byKind = new Map<string, [hidden: number, all: number]>()
  for (const one of all) {
    const [hidden, count] = byKind.get(kindOfFigure(one)) ?? [0, 0]
    byKind.set(kindOfFigure(one), [hidden + (one.status === 'hidden' ? 1 : 0), count + 1])
  }
  const numbers = [first, again, corrected].map(({ release, isNew, kept, ms }) => ({
    number: release.number,
    isNew,
    kept,
    ms,
  }))
  console.log(
    JSON.stringify({
      schools: count,
      profile: profile.id,
      figures,
      hidden: first.hidden,
      digest,
      hiddenOf: Object.fromEntries(byKind),
      closings: numbers,
      withheld: first.withheld,
      longestWaitMs: Math.round(waits.max / 1e6),
      metricRows: rows.length,
      readMs,
      cellsMs,
      audit: {
        exposed: audited!.exposed,
        metrics: audited!.metrics.filter((one) => one.toLeads > 0),
        ms: audited!.ms,
        longestStepMs: Math.round(longest),
      },
    }),
  )
} finally {
  await warehouse.close()
  await engine.stop()
  rmSync(folder, { recursive: true })
}
