import type { Warehouse } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, storedCells } from './compare.ts'
import { expected } from './model.ts'
import { type Input, stream } from './stream.ts'
import { MemoryLedger, modelOptions, World } from './world.ts'

/**
 * A drain that reads more facts than one statement may recomputes the cells of some schools at a time. Random kills run
 * in shares (worker.ts); here each step is one drain of several.
 */
const authorities = [901, 902, 903, 904, 905]
let world: World
let next = 0
beforeAll(async () => {
  world = await World.open({ authorities })
})
afterAll(() => world?.close())

type Command = Parameters<Warehouse['command']>[0]

/** A warehouse that is told of each share's statement, and may do something else instead: undefined leaves it out. */
function sharing(instead: (statement: Command) => Command | undefined = (statement) => statement) {
  const seen = { most: 0 }
  const command: Warehouse['command'] = async (statement) => {
    const shares = Number(statement.params?.shares ?? 0)
    seen.most = Math.max(seen.most, shares)
    const done = shares > 0 ? instead(statement) : statement
    if (done) await world.warehouse.command(done)
  }
  return { seen, warehouse: { ...world.warehouse, command } }
}

async function scene(warehouse: Warehouse, factsAtOnce: number) {
  const authority = authorities[next++]!
  const partition = authorities.indexOf(authority)
  const ledger = new MemoryLedger()
  const owner = world.owner(`owner-${authority}`, { ledger, warehouse, factsAtOnce })
  await owner.claim([partition])
  const drain = async (...events: Input[]) => {
    world.append(...events)
    await owner.take(world.batches(owner))
    await owner.drain()
    await owner.settle()
  }
  const log = () => world.log.filter((e) => e.authority === authority)
  const outcome = () => compare(world.warehouse, expected(log(), modelOptions))
  const events = stream({ seed: authority, authorities: [authority], schoolsEach: 4, pupilsEach: 20 })
  const some = (n: number) => Array.from({ length: n }, () => events.next().value as Input)
  return { authority, partition, ledger, drain, log, outcome, some }
}

const right = { lost: 0, doubled: 0, wrong: 0, termsWrong: 0, examples: [] }

test('cells that were recomputed in several shares of a drain equal those of one share, after a late context, retractions and an erasure too', async () => {
  const { seen, warehouse } = sharing()
  const s = await scene(warehouse, 12)
  await s.drain(...s.some(140))
  expect(seen.most).toBeGreaterThan(2)
  const [erased, ...taken] = s.log().filter((e) => e.type === 'checkin.submitted')
  const told = (id: string, type: string, data: unknown): Input => ({
    ...{ authority: s.authority, source: 'urn:shares', id, version: 1, type, data },
  })
  const { school, pupil } = s.log().findLast((e) => e.type === 'checkin.submitted')!.data
  const context = { school, pupil, effectiveFrom: '2025-01-06', ncYear: '9', sex: 'F', senProvision: 'E' }
  const retractions = taken.slice(0, 6).map(({ source, id, version }, i) => {
    const what = { source, id, version: version + 9, reason: 'entered_in_error' }
    return told(`retraction-${i}`, 'event.retracted', what)
  })
  const erasure = told('erasure', 'pupil.erased', { school, pupil: erased!.data.pupil })
  for (const events of [[told('context', 'pupil.context.changed', context)], [...retractions, erasure]]) {
    seen.most = 0
    await s.drain(...events)
    expect(seen.most).toBeGreaterThan(1)
  }
  expect(await s.outcome()).toMatchObject(right)
  const inShares = await storedCells(world.warehouse, [s.authority])
  expect(inShares.size).toBeGreaterThan(1_000)

  s.ledger.rewind(s.partition, 0)
  const whole = world.owner('whole', { ledger: s.ledger, factsAtOnce: 1_000_000 })
  await whole.claim([s.partition])
  await whole.take(world.batches(whole))
  await whole.drain()
  await whole.settle()
  const plain = (cells: Awaited<ReturnType<typeof storedCells>>) =>
    // Sums of doubles depend on the order of adding in their last digits.
    [...cells].map(([key, { n, sx, sxx }]) => `${key} ${n} ${sx.toFixed(6)} ${sxx.toFixed(6)}`).sort()
  expect(plain(inShares)).toEqual(plain(await storedCells(world.warehouse, [s.authority])))
}, 60_000)

test('a drain whose second share fails is done again from the first, and nothing is left out', async () => {
  let failed = false
  const { warehouse } = sharing((statement) => {
    if (failed || statement.params?.share !== 1) return statement
    failed = true
    throw new Error('away')
  })
  const s = await scene(warehouse, 20)
  await expect(s.drain(...s.some(60))).rejects.toThrow('away')
  await s.drain()
  expect(await s.outcome()).toMatchObject(right)
}, 60_000)

test('after a claim only what something happened to is recomputed, a slice that is empty now included', async () => {
  const names: string[] = []
  const { warehouse } = sharing((statement) => {
    names.push(statement.name)
    return statement
  })
  const s = await scene(warehouse, 1_000)
  const exclusion = {
    ...{ authority: s.authority, source: 'urn:shares', id: 'one', version: 1, type: 'exclusion.recorded' },
    data: { school: '800001', type: 'SUSP', startsOn: '2025-10-06', reasons: ['PP'] },
  }
  await s.drain(exclusion)
  expect(names).toEqual(['weeks_exclusion', 'periods_exclusion'])
  names.length = 0
  const what = { source: 'urn:shares', id: 'one', version: 2, reason: 'entered_in_error' }
  await s.drain({ ...exclusion, id: 'gone', type: 'event.retracted', data: what })
  expect(names).toEqual(['weeks_exclusion', 'periods_exclusion'])
  expect(await s.outcome()).toMatchObject(right)
}, 60_000)

describe('cells would be wrong', () => {
  const rewritten = (statement: Command, from: RegExp, to: string): Command => {
    expect(statement.sql).toMatch(from)
    return { ...statement, sql: statement.sql.replace(from, to) }
  }
  test.each<[string, (statement: Command) => Command | undefined]>([
    [
      'without the last share',
      (statement) =>
        statement.params!.share === Number(statement.params!.shares) - 1 ? undefined : statement,
    ],
    [
      'if shares cut a school by its weeks, so that the last one replaced the year of the others',
      (statement) =>
        statement.name.startsWith('periods')
          ? rewritten(
              statement,
              /\) AND week > '1970-01-01'\s+GROUP BY authority, school, week/g,
              ') AND cityHash64(week) % {shares:UInt32} = {share:UInt32} GROUP BY authority, school, week',
            )
          : statement,
    ],
  ])(
    '%s',
    async (_, instead) => {
      const { seen, warehouse } = sharing(instead)
      const s = await scene(warehouse, 20)
      await s.drain(...s.some(80))
      expect(seen.most).toBeGreaterThan(1)
      expect((await s.outcome()).wrong).toBeGreaterThan(0)
    },
    60_000,
  )
})
