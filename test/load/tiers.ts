import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultTimelines } from '@cairn/mtss'
import { migrateWarehouse, openWarehouse, type Warehouse } from '@cairn/warehouse'
import { startEngine } from '@cairn/warehouse/engine'
import { Tiers } from '../../services/aggregator/tiers.ts'

/**
 * How long tiers take: an authority of `pupils` × `weeks` with a check-in of six subscales each week, an incident for
 * each 16 check-ins; all pupils, then a thousand changed facts. `node --import tsx test/load/tiers.ts [pupils] [weeks]`
 */
const [pupils = 40_000, weeks = 40] = process.argv.slice(2).map(Number)
const authority = 901

const dir = mkdtempSync(join(tmpdir(), 'cairn-tiers-'))
const engine = await startEngine({ dataDir: join(dir, 'engine') })
const warehouse = openWarehouse(engine)
try {
  await migrateWarehouse(warehouse)
  const from = await fill(warehouse)
  const tiers = () =>
    new Tiers(warehouse, {
      revision: async () => 1,
      of: async (some) => new Map(some.map((one) => [one, defaultTimelines])),
    })
  const marks = (since: number) => [{ authorities: [authority], from: since }]
  const took = async (name: string, since: number, gen: number) => {
    const one = tiers()
    const cpu = process.cpuUsage()
    const started = performance.now()
    await one.begin(marks(since))
    let [shares, longest, from] = [0, 0, performance.now()]
    for (let done = false; !done; shares++) {
      done = await one.share(String(gen))
      longest = Math.max(longest, performance.now() - from)
      from = performance.now()
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(2)
    const own = (process.cpuUsage(cpu).user / 1e6).toFixed(1)
    const rss = Math.round(process.memoryUsage().rss / 1e6)
    console.log(
      `${name}: ${seconds} s in ${shares} shares, the longest ${Math.round(longest)} ms; this process ${own} s of CPU, ${rss} MB`,
    )
  }
  await took('full', 0, 1)
  await took('full again', 0, 2)
  await took('1,000 changed facts', from - 1_000, 3)
  await took('nothing changed', from, 4)
} finally {
  await warehouse.close()
  await engine.stop()
  rmSync(dir, { recursive: true, force: true })
}

/** Rows by the engine itself; returns the offset after the last. */
async function fill(w: Warehouse): Promise<number> {
  const form =
    'resilience-wheel@2 bonding boundaries life_skills caring_support high_expectations meaningful_participation'
  const day = "toDate('2025-09-01') + 7 * wk + cityHash64(p, wk) % 5"
  await w.command({
    name: 'fill',
    sql: `INSERT INTO evidence (authority, pupil, id, version, off, day, school, kind, domains, source, form, scores, bands, severity, tier, context)
      SELECT ${authority}, toUUID(UUIDNumToString(sipHash128('p', p))), toUUID(UUIDNumToString(sipHash128(p, wk))), 1,
        number, ${day}, 800000 + p % 120, 0, 3, cityHash64(p, wk, 1) % 3, '${form}',
        arrayMap(i -> toInt32(least(10000, 1500 + cityHash64(p, 'level') % 5000 + cityHash64(p, wk, i) % 4000)), range(6)), arrayMap(i -> toInt8(cityHash64(p, wk, i) % 5), range(6)), 0, 0, ''
      FROM (SELECT number, number % ${pupils} AS p, intDiv(number, ${pupils}) AS wk FROM numbers(${pupils * weeks}))`,
    timeoutMs: 600_000,
  })
  const incidents = Math.floor((pupils * weeks) / 16)
  await w.command({
    name: 'fill_incidents',
    sql: `INSERT INTO evidence (authority, pupil, id, version, off, day, school, kind, domains, source, severity)
      SELECT ${authority}, toUUID(UUIDNumToString(sipHash128('p', p))), toUUID(UUIDNumToString(sipHash128('i', number))), 1,
        ${pupils * weeks} + number, ${day}, 800000 + p % 120, 1, if(number % 3, 2, 1), 3, 1 + cityHash64(number) % 4
      FROM (SELECT number, cityHash64(number, 'who') % intDiv(${pupils}, 5) AS p, number % ${weeks} AS wk FROM numbers(${incidents}))`,
    timeoutMs: 600_000,
  })
  // The present is read from facts: one is enough.
  await w.command({
    name: 'fill_fact',
    sql: `INSERT INTO fact_checkin (authority, week, school, id, version, off, day)
      SELECT ${authority}, toDate('2025-09-01') + 7 * ${weeks - 1}, 800000, generateUUIDv4(), 1, 0, toDate('2025-09-01') + 7 * ${weeks - 1}`,
  })
  return pupils * weeks + incidents
}
