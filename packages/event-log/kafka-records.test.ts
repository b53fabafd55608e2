import { createRequire } from 'node:module'
import fc from 'fast-check'
import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { encodeRecords, recordBlock } from './kafka-records.ts'

const require = createRequire(import.meta.url)
const Encoder = require('kafkajs/src/protocol/encoder')
const Record = require('kafkajs/src/protocol/recordBatch/record/v0')

/** As kafkajs itself writes them. */
const byKafkajs = (records: readonly { authority: number; headers: object; value: string }[]): Buffer =>
  new Encoder().writeEncoderArray(
    records.map(({ authority, headers, value }, offsetDelta) =>
      Record({ key: String(authority), headers, value, offsetDelta, timestampDelta: 0 }),
    ),
  ).buffer

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant('\0'))
const record = fc.record({
  authority: fc.integer({ min: 1, max: 99_999_999 }),
  headers: fc.dictionary(text, text, { maxKeys: 10, noNullPrototype: true }),
  value: fc.oneof(
    text,
    fc.integer({ min: 0, max: 9_000 }).map((length) => 'é'.repeat(length)),
  ),
})

describe('records as Kafka has them', () => {
  test('byte for byte what kafkajs would have written', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 80 }), (records) => {
        expect(encodeRecords(records).equals(byKafkajs(records))).toBe(true)
      }),
    )
  })

  test('placeholders become their records, those of others stay as they are, and none is sent once let go', async () => {
    const codec = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD]()
    const records = [1, 2].map((authority) => ({ authority, headers: { ce_id: 'é' }, value: '{}' }))
    const block = recordBlock(records)
    const placeholders = new Encoder().writeEncoderArray(
      records.map((_, offsetDelta) => Record({ key: null, value: block.placeholder, offsetDelta })),
    )
    const sent = async (what: unknown): Promise<Buffer> => codec.decompress(await codec.compress(what))
    expect(await sent(placeholders)).toEqual(encodeRecords(records))
    block.release()
    await expect(sent(placeholders)).rejects.toThrow('let go')
    expect(await sent({ buffer: byKafkajs(records) })).toEqual(byKafkajs(records))
    expect(await sent({ buffer: Buffer.alloc(0) })).toEqual(Buffer.alloc(0))
  })
})
