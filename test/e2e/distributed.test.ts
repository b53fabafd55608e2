import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@cairn/warehouse/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { type Broker, startBroker } from '../../infra/kafka/broker.ts'
import { whyNoBroker } from '../../infra/kafka/jars.ts'
import { startPostgres, whyNoPostgres } from '../../infra/postgres/server.ts'
import { ask, cairn, eventually, startCairn, temporaryFolder } from './cairn.ts'

const why = (await whyNoBroker()) ?? (await whyNoPostgres())
if (why && process.env.CAIRN_REQUIRE_KAFKA) throw new Error(`Kafka and PostgreSQL are required here: ${why}`)
if (why) process.stderr.write(`The distributed form is not tested: ${why}\n`)

const broker: Broker | undefined = why ? undefined : await startBroker()
const postgres = why ? undefined : await startPostgres()
afterAll(async () => {
  await broker?.stop()
  await postgres?.stop()
})

const at = (name: string) =>
  fileURLToPath(new URL(`../../../shared/data/dfe-exclusions/${name}`, import.meta.url))
const files = {
  reasons: at('reasons_201516_201617.csv'),
  headcount: at('headcount_201516_201617.csv'),
}
const there = existsSync(files.reasons) && existsSync(files.headcount)

describe.skipIf(why)('the distributed form, by environment variables alone', { timeout: 240_000 }, () => {
  test(`published exclusions come out equal through Kafka, PostgreSQL and a ClickHouse that was started apart${there ? '' : ' (the files are absent: the demonstration alone is checked)'}`, async () => {
    const folder = temporaryFolder()
    const warehouse = temporaryFolder()
    const engine = await startEngine({ dataDir: warehouse.path })
    const env = {
      KAFKA_BROKERS: broker!.brokers,
      KAFKA_TOPIC: 'cairn.e2e.all',
      DATABASE_URL: await postgres!.database(),
      CLICKHOUSE_URL: engine.url,
      CLICKHOUSE_USER: engine.username,
      CLICKHOUSE_PASSWORD: engine.password,
    }
    const instance = await startCairn(folder.path, [], env)
    try {
      expect(Object.keys(instance.pids()).sort()).toEqual(['aggregator', 'gateway', 'ingest'])
      for (const embedded of ['log.db', 'control.db', 'warehouse'])
        expect(existsSync(`${folder.path}/${embedded}`)).toBe(false)
      const { json } = await cairn(['status', '--data', folder.path, '--json'], { env })
      expect(json).toMatchObject({ whole: true, group: { state: 'Stable', members: 1 } })
      expect(json.partitions.some((one: { end: number; owner: string }) => one.end > 0 && one.owner)).toBe(
        true,
      )
      if (there) {
        const replay = await cairn(
          [
            ...['replay', 'dfe-exclusions', '--reasons', files.reasons, '--headcount', files.headcount],
            ...['--year', '201617', '--la', '855', '--la', '857', '--data', folder.path, '--json'],
          ],
          { env },
        )
        expect(replay.code).toBe(0)
        expect(replay.json).toMatchObject({ different: 0, rates: 14, ratesEqual: 14, unreconciled: 0 })
        expect(replay.json.storedEqual).toBe(replay.json.cells)
      }
    } finally {
      await instance.interrupt()
      await engine.stop()
      folder.remove()
      warehouse.remove()
    }
  })

  test.each([
    ['Kafka', async () => ({ KAFKA_BROKERS: broker!.brokers, KAFKA_TOPIC: 'cairn.e2e.kafka' }), 'log.db'],
    ['PostgreSQL', async () => ({ DATABASE_URL: await postgres!.database() }), 'control.db'],
  ])(
    '%s alone is used where it alone is named, and a county’s figures come out true',
    async (_, envOf, absent) => {
      const folder = temporaryFolder()
      const env: Record<string, string> = await envOf()
      const instance = await startCairn(folder.path, ['--no-demo'], env)
      const run = (args: string[], more = {}) =>
        cairn([...args, '--data', folder.path, '--json'], { env: { ...env, ...more } })
      try {
        expect(existsSync(`${folder.path}/${absent}`)).toBe(false)
        const [events, truth] = [`${folder.path}/county.ndjson`, `${folder.path}/truth.json`]
        const county = ['--schools', '3', '--weeks', '4', '--out', events, '--truth', truth, '--register']
        const { emitted } = (await run(['simulate', ...county])).json
        const keyOf = async (...args: string[]): Promise<string> =>
          (await run(['key', 'create', '--authority', '990', ...args])).json.key
        const CAIRN_KEY = await keyOf('--source', 'urn:cairn:simulated')
        expect((await run(['send', events], { CAIRN_KEY })).json).toMatchObject({
          sent: emitted,
          refused: 0,
        })
        const { school, halfTerm, checkins } = JSON.parse(readFileSync(truth, 'utf8')).halfTerms[0]
        const lead = await keyOf('--role', 'school_lead', '--school', school)
        const question = `{ figures(metric: "check_ins", period: { grain: HALF_TERM, academicYears: ["202526"], index: [${halfTerm}] }) { rows { value } } }`
        const { data } = await eventually(
          () => ask(instance.gateway, lead, question),
          ({ data }) => data?.figures.rows[0]?.value === checkins,
        )
        expect(data.figures.rows).toEqual([{ value: checkins }])
        expect(checkins).toBeGreaterThan(100)
        const status = await eventually(
          () => run(['status']),
          ({ code }) => code === 0,
        )
        expect(status.json.whole).toBe(true)
      } finally {
        await instance.interrupt()
        folder.remove()
      }
    },
  )
})
