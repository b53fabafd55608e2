import { createHash } from 'node:crypto'
import { operatorScope } from '@cairn/access/operator'
import { instruments, resilienceWheel } from '@cairn/mtss'
import { simulate, simulatedAuthority, simulatedRegister } from '@cairn/simulation'
import { criticalZ, pairedHedgesG } from '@cairn/statistics'
import { readInterventionEffect } from '@cairn/warehouse'
import { expect, test } from 'vitest'
import type { Input } from '../chaos/stream.ts'
import { World } from '../chaos/world.ts'

const county = { authorities: 1, schools: 30, weeks: 24, seed: 3 }
const authority = simulatedAuthority(0).code

const pseudonym = (pupil: string) => `k1:${createHash('sha256').update(pupil).digest('hex').slice(0, 32)}`
const needed = /"type":"(checkin|intervention|tier|event\.retracted)/

/** The county's events that an effect is worked out from, and what its programmes truly did. */
function events() {
  const run = simulate(county)
  const found: Input[] = []
  let rest = ''
  let step = run.next()
  for (; !step.done; step = run.next()) {
    const lines = (rest + Buffer.from(step.value.bytes).toString('utf8')).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (!needed.test(line)) continue
      const { source, id, type, version = 1, data } = JSON.parse(line)
      const own = data.pupil ? { ...data, pupil: pseudonym(data.pupil) } : data
      found.push({ authority, source, id, type, version, data: own })
    }
  }
  return { found, truth: step.value }
}

test('the known effect of a simulated programme comes back within its interval, and that of one that does nothing is told apart', async () => {
  const { found, truth } = events()
  const world = await World.open({ authorities: [authority] })
  try {
    for (let at = 0; at < found.length; at += 10_000) world.append(...found.slice(at, at + 10_000))
    const owner = world.owner('simulated', { instruments })
    await owner.claim(world.partitions)
    for (const batch of world.batches(owner)) await owner.write([batch], owner.read([batch]))
    await owner.repair()
    const schools = simulatedRegister(county).schools.map(({ urn }) => urn)
    const rows = await readInterventionEffect(world.warehouse, operatorScope([authority]), {
      ...{ authority, schools, grain: 'year', period: 2025, by: 'type', informant: 'self' },
      ...{ instrument: 'resilience-wheel@2', windowWeeks: 12 },
      scales: resilienceWheel.subscales.map(({ id }) => ({ subscale: id, reliableFactor: 1, sd: 0 })),
    })
    const [works, not] = truth.programmes.map(({ type }) => {
      const own = rows.filter(({ kind }) => kind === type)
      expect(own).toHaveLength(6)
      const mean = (of: (row: (typeof own)[number]) => number) =>
        own.reduce((sum, row) => sum + of(row), 0) / own.length
      return {
        change: mean((row) => row.after.mean - row.before.mean),
        // Subscales of a pupil move together: the error of their mean is no larger than their mean error.
        error: mean(({ n, before, after, correlation: r }) =>
          Math.sqrt((before.sd ** 2 + after.sd ** 2 - 2 * r * before.sd * after.sd) / n),
        ),
        g: own.map((row) => pairedHedgesG(row)),
        n: Math.min(...own.map((row) => row.n)),
      }
    })
    expect(works!.n).toBeGreaterThan(50)
    // Both groups were chosen low and drift up alike: hence the difference.
    const caused = truth.programmes[0]!.points.mean! - truth.programmes[1]!.points.mean!
    const margin = criticalZ(0.99) * Math.hypot(works!.error, not!.error)
    expect(caused).toBeGreaterThan(3)
    expect(Math.abs(works!.change - not!.change - caused)).toBeLessThan(margin)
    expect(works!.change - not!.change).toBeGreaterThan(margin / 2)
    for (const g of works!.g) expect(g.lower).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
}, 240_000)
