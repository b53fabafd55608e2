import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atOnce } from './at-once.ts'
import { FencedError, type LedgerChange, RefusedError } from './index.ts'
import { type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
beforeAll(async () => {
  temporary = await temporaryControlPlane()
})
afterAll(() => temporary.remove())

let next = 0
const freshPartitions = (count: number) => Array.from({ length: count }, () => next++)

const positionOf = async (partition: number) =>
  (await temporary.plane.ledger.positions()).find((one) => one.partition === partition)!

/** Claims partitions and says under which epoch: the same for all of one claim. */
async function claimed(partitions: readonly number[], owner = 'a'): Promise<number> {
  const epochs = [...(await temporary.plane.ledger.claim(partitions, owner)).values()].map((at) => at.epoch)
  expect(new Set(epochs).size).toBe(1)
  return epochs[0]!
}

test('a claim starts a new partition at 0 and keeps the marks of a known one', async () => {
  const { ledger } = temporary.plane
  const [p, q] = freshPartitions(2) as [number, number]
  const epoch = await claimed([p])
  expect(await positionOf(p)).toMatchObject({ epoch, offset: 0, drained: 0, settled: 0 })
  await ledger.advance(
    new Map([[p, { epoch, offset: 9, drained: 5, settled: 2, tiered: 3, drainedAt: 1_700_000_000_000 }]]),
  )
  const both = await ledger.claim([q, p, p], 'b')
  expect(both.get(p)).toMatchObject({
    offset: 9,
    drained: 5,
    settled: 2,
    tiered: 3,
    drainedAt: 1_700_000_000_000,
  })
  expect(both.get(q)).toMatchObject({ offset: 0, drained: 0, settled: 0 })
})

test('a claim is given an epoch above every other, also of partitions that it does not claim', async () => {
  const [p, q] = freshPartitions(2) as [number, number]
  const given = [await claimed([p]), await claimed([q]), await claimed([p]), await claimed([q, p])]
  await temporary.plane.ledger.rewind(q, 0)
  given.push((await positionOf(q)).epoch, await claimed([p]))
  expect(given).toEqual(given.toSorted((a, b) => a - b))
  expect(new Set(given).size).toBe(given.length)
})

test('a former owner can move nothing', async () => {
  const { ledger } = temporary.plane
  const [p] = freshPartitions(1) as [number]
  const epoch = await claimed([p], 'former')
  await ledger.advance(new Map([[p, { epoch, offset: 10 }]]))
  await claimed([p], 'new')
  const before = await positionOf(p)
  for (const change of [{ offset: 20 }, { drained: 5 }, { drainedAt: 1 }, {}]) {
    await expect(ledger.advance(new Map([[p, { epoch, ...change }]]))).rejects.toThrow(FencedError)
  }
  expect(await positionOf(p)).toEqual(before)
})

test('an epoch that was never given out, or a partition that was never claimed, moves nothing', async () => {
  const { ledger } = temporary.plane
  const [p, unclaimed] = freshPartitions(2) as [number, number]
  const epoch = await claimed([p])
  await expect(ledger.advance(new Map([[p, { epoch: epoch + 1, offset: 1 }]]))).rejects.toThrow(FencedError)
  await expect(ledger.advance(new Map([[unclaimed, { epoch, offset: 1 }]]))).rejects.toThrow(FencedError)
})

test('an advance over some partitions of others is all or nothing, and names those lost', async () => {
  const { ledger } = temporary.plane
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 6 }), async (lost) => {
      const partitions = freshPartitions(lost.length)
      const epoch = await claimed(partitions, 'former')
      const gone = partitions.filter((_, i) => lost[i])
      await ledger.claim(gone, 'new')
      const changes = new Map(partitions.map((p) => [p, { epoch, offset: 7, drained: 3 }]))
      const outcome = await ledger.advance(changes).catch((error) => error)
      const offsets = await Promise.all(partitions.map(async (p) => (await positionOf(p)).offset))
      if (gone.length === 0) {
        expect(outcome).toBeUndefined()
        expect(new Set(offsets)).toEqual(new Set([7]))
      } else {
        expect(outcome).toBeInstanceOf(FencedError)
        expect(outcome.partitions).toEqual(gone)
        expect(new Set(offsets)).toEqual(new Set([0]))
      }
    }),
    { numRuns: 25 },
  )
})

test('settled never passes drained, drained never passes offset, and of the three settled alone goes back', async () => {
  const { ledger } = temporary.plane
  const mark = fc.option(fc.nat(9), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ offset: mark, drained: mark, settled: mark, tiered: mark }), { maxLength: 8 }),
      async (all) => {
        const [p] = freshPartitions(1) as [number]
        const epoch = await claimed([p])
        let model = { offset: 0, drained: 0, settled: 0, tiered: 0 }
        for (const marks of all) {
          const change = Object.fromEntries(Object.entries(marks).filter(([, v]) => v !== undefined))
          const wanted = { ...model, ...change } as typeof model
          const forward =
            wanted.offset >= model.offset && wanted.drained >= model.drained && wanted.tiered >= model.tiered
          const allowed =
            forward &&
            wanted.tiered <= wanted.drained &&
            wanted.settled <= wanted.drained &&
            wanted.drained <= wanted.offset
          const outcome = await ledger.advance(new Map([[p, { epoch, ...change }]])).catch((error) => error)
          if (allowed) model = wanted
          expect(outcome instanceof RefusedError).toBe(!allowed)
          expect(await positionOf(p)).toMatchObject(model)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('offsets up to 2^53 - 1 are kept exactly, and what is no such integer is refused', async () => {
  const { ledger } = temporary.plane
  const [p] = freshPartitions(1) as [number]
  const epoch = await claimed([p])
  await ledger.advance(new Map([[p, { epoch, offset: Number.MAX_SAFE_INTEGER }]]))
  expect((await positionOf(p)).offset).toBe(Number.MAX_SAFE_INTEGER)
  for (const offset of [2 ** 53, -1, 1.5, Number.NaN, '1; drop table lease' as unknown as number]) {
    await expect(ledger.advance(new Map([[p, { epoch, offset }]]))).rejects.toThrow(RefusedError)
  }
})

test('a rewind lowers the four marks, raises none, and fences a running owner', async () => {
  const { ledger } = temporary.plane
  const [p] = freshPartitions(1) as [number]
  const epoch = await claimed([p])
  await ledger.advance(new Map([[p, { epoch, offset: 100, drained: 80, settled: 40, tiered: 70 }]]))
  await ledger.rewind(p, 60)
  expect(await positionOf(p)).toMatchObject({ offset: 60, drained: 60, settled: 40, tiered: 60 })
  await expect(ledger.advance(new Map([[p, { epoch, offset: 101 }]]))).rejects.toThrow(FencedError)
  await ledger.rewind(p, 1_000)
  expect(await positionOf(p)).toMatchObject({ offset: 60, drained: 60, settled: 40, tiered: 60 })
})

test('no two processes that claim at once are given the same epoch, and only the last can advance', async () => {
  const partitions = freshPartitions(4)
  const work = `
    const [url, key, partitions] = args
    const plane = await openControlPlane({ url, masterKey: Buffer.from(key, 'hex') })
    const claims = []
    for (let i = 0; i < 20; i++) {
      const mine = await plane.ledger.claim(partitions, 'process ' + process.pid)
      const changes = new Map([...mine].map(([p, at]) => [p, { epoch: at.epoch, offset: at.offset + 1 }]))
      const moved = await plane.ledger.advance(changes).then(() => true, (error) => {
        if (error.name !== 'FencedError') throw error
        return false
      })
      claims.push({ epochs: [...mine.values()].map((at) => at.epoch), moved })
    }
    await plane.close()
    return claims`
  const args = [temporary.url, temporary.masterKey.toString('hex'), partitions]
  const claims = (await atOnce<{ epochs: number[]; moved: boolean }[]>(2, work, args)).flat()
  const given = claims.map((one) => one.epochs[0]!)
  expect(new Set(given).size).toBe(40)
  for (const { epochs } of claims) expect(new Set(epochs).size).toBe(1)
  const moved = claims.filter((one) => one.moved).length
  for (const p of partitions)
    expect(await positionOf(p)).toMatchObject({ epoch: Math.max(...given), offset: moved })
})

test('positions of many changes at once are each moved by their own change', async () => {
  const { ledger } = temporary.plane
  const partitions = freshPartitions(152)
  const epoch = await claimed(partitions)
  const changes = new Map<number, LedgerChange>(
    partitions.map((p) => [p, p % 3 === 0 ? { epoch, offset: p, drained: p } : { epoch, offset: 2 * p }]),
  )
  await ledger.advance(changes)
  const after = new Map((await ledger.positions()).map((one) => [one.partition, one]))
  for (const p of partitions) {
    expect(after.get(p)).toMatchObject(
      p % 3 === 0 ? { offset: p, drained: p } : { offset: 2 * p, drained: 0 },
    )
  }
})
