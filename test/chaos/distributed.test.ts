import { expect, test } from 'vitest'
import { whyNoBroker } from '../../infra/kafka/jars.ts'
import { whyNoPostgres } from '../../infra/postgres/server.ts'
import { runDistributed } from './distributed.ts'

const why = (await whyNoBroker()) ?? (await whyNoPostgres())
if (why && process.env.CAIRN_REQUIRE_KAFKA) throw new Error(`Kafka and PostgreSQL are required here: ${why}`)
if (why) process.stderr.write(`The chaos test of the distributed form is left out: ${why}\n`)

/** A short run of `npm run chaos -- --distributed`; the full one is a command. */
test.skipIf(why)(
  'nothing is lost, doubled or wrong, and no 202 is false, while every part of the distributed form fails',
  async () => {
    const { lost, doubled, wrong, termsWrong, cells, falselyAcknowledged, acknowledged } =
      await runDistributed({
        faults: 6,
        seed: 42,
        eventsPerFault: 60,
        outageSeconds: 0,
        say: () => undefined,
      })
    expect({ lost, doubled, wrong, termsWrong, falselyAcknowledged }).toEqual({
      lost: 0,
      doubled: 0,
      wrong: 0,
      termsWrong: 0,
      falselyAcknowledged: 0,
    })
    expect(cells).toBeGreaterThan(1_000)
    expect(acknowledged).toBeGreaterThan(300)
  },
  300_000,
)
