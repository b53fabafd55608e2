import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { LogRecord } from './event-log.ts'
import { decodeBatch, encodeBatch } from './record-batch.ts'

test('a bit that flips in a stored batch never changes an event in silence', () => {
  const records = Array.from({ length: 5 }, (_, n) => ({
    authority: 855,
    headers: { ce_id: `${n}` },
    value: JSON.stringify(randomBytes(60).toString('hex')),
  }))
  const body = encodeBatch(records)
  const stored = decodeBatch(body, 0, 0)
  let noticed = 0
  for (let bit = 0; bit < body.length * 8; bit++) {
    const damaged = Uint8Array.from(body)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    let decoded: unknown
    try {
      decoded = decodeBatch(damaged, 0, 0)
    } catch {
      noticed++
      continue
    }
    expect(decoded).toEqual(stored)
  }
  expect(noticed).toBeGreaterThan(body.length * 7)
})

test('a header that only some records have is absent from the others', () => {
  const records: LogRecord[] = [
    { authority: 1, headers: { a: '1' }, value: 'x' },
    { authority: 2, headers: { b: '2', a: '' }, value: '' },
    { authority: 3, headers: {}, value: 'é' },
  ]
  const decoded = decodeBatch(encodeBatch(records), 7, 99)
  expect(decoded).toEqual(records.map((record, index) => ({ ...record, offset: 7 + index, appendedAt: 99 })))
  expect(decoded.map(({ headers }) => Object.keys(headers))).toEqual([['a'], ['a', 'b'], []])
})
