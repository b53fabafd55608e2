/**
 * Time of closing a release: a county's cells are seeded and its year closed three times (first release, no change, a
 * correction). `node --import tsx test/load/release.ts [SCHOOLS]`; prints one JSON line.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { operatorScope } from '@cairn/access/operator'
import { calendarWeeks, defaultHalfTerms } from '@cairn/control-plane'
import { standard } from '@cairn/disclosure'
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

type Row = readonly [metric: string, grain: number, school: number, period: number, n: number]

/** Weeks of every metric; of pupils longer periods too, each at most the sum of its weeks. */
function cellsOf(school: number, pupils: number): Row[] {
  const rows: Row[] = [['headcount', 1, school, (year + 1) * 10_000 + 113, pupils]]
  for (const metric of releasedMetrics()) {
    const sums = new Map<string, { grain: number; period: number; sum: number }>()
    const often = pupils * (metric.id === 'pupils_checked_in' ? 0.8 : 0.01) * random()
    for (const { week, halfTerm, term } of weeks) {
      const n = Math.round(often * random())
      rows.push([metric.id, 1, school, Number(week.replaceAll('-', '')), n])
      for (const [grain, period] of [
        [2, year * 100 + halfTerm],
        [3, year * 100 + term],
        [4, year],
      ] as const) {
        const own = sums.get(`${grain} ${period}`) ?? { grain, period, sum: 0 }
        sums.set(`${grain} ${period}`, { ...own, sum: own.sum + n })
      }
    }
    if (isAdditive(metric)) continue
    for (const { grain, period, sum } of sums.values())
      rows.push([metric.id, grain, school, period, Math.min(sum, Math.round(pupils * 0.9))])
  }
  return rows
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
    rows: rows.map(([metric, grain, school, period, n]) => [
      ...[authority, metric, grain, school, period, generation, [''], [n], [0], [0]],
    ]),
  })
try {
  await migrateWarehouse(warehouse)
  await insertCalendar(warehouse, [{ authority, school: 0, weeks }], 1)
  await write(schools.flatMap((school) => cellsOf(school, 60 + Math.round(random() * 900))))
  const close = () =>
    closeRelease({
      ...{ warehouse, scope, authority, year, schools, weeks, profile: standard, offset: 0, now: new Date() },
    })
  const [first, again] = [await close(), await close()]
  generation++
  await write([['incidents', 1, schools[0]!, Number(weeks[10]!.week.replaceAll('-', '')), 60]])
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
  const numbers = [first, again, corrected].map(({ release, isNew, kept, ms }) => ({
    number: release.number,
    isNew,
    kept,
    ms,
  }))
  console.log(
    JSON.stringify({
      schools: count,
      figures,
      hidden: first.hidden,
      digest,
      closings: numbers,
      metricRows: rows.length,
      readMs,
      cellsMs,
      audit: { exposed: audited!.exposed, ms: audited!.ms, longestStepMs: Math.round(longest) },
    }),
  )
} finally {
  await warehouse.close()
  await engine.stop()
  rmSync(folder, { recursive: true })
}
