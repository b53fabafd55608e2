/**
 * `npm run replay-distributed -- --json`: the Department's published exclusions through a real Kafka broker and a real
 * PostgreSQL, twice, compared figure by figure, and every event accounted for. `--la CODE` for some authorities alone.
 * Exits 1 where a figure differs, 3 where the files or the servers cannot be had.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startBroker } from '../../infra/kafka/broker.ts'
import { whyNoBroker } from '../../infra/kafka/jars.ts'
import { startPostgres, whyNoPostgres } from '../../infra/postgres/server.ts'
import { cairn, startCairn, temporaryFolder } from './cairn.ts'

const help = `npm run replay-distributed -- [--year 201617] [--la CODE …] [--json]
The Department's published exclusions through Kafka and PostgreSQL, twice, compared figure by figure. Exits 1 where one differs,
or the second time changes anything.
`

const { values } = parseArgs({
  options: {
    year: { type: 'string', default: '201617' },
    la: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const shared = fileURLToPath(new URL('../../../shared/data/dfe-exclusions/', import.meta.url))
const files = [`${shared}reasons_201516_201617.csv`, `${shared}headcount_201516_201617.csv`] as const
const why = existsSync(files[0])
  ? ((await whyNoBroker()) ?? (await whyNoPostgres()))
  : 'The published files are not there: see the README of ../shared/data/dfe-exclusions.'
if (why) {
  console.error(why)
  process.exit(3)
}
const [broker, postgres] = await Promise.all([startBroker(), startPostgres()])
const folder = temporaryFolder()
const env = { KAFKA_BROKERS: broker.brokers, DATABASE_URL: await postgres.database() }
const instance = await startCairn(folder.path, ['--no-demo'], env)
try {
  const replay = async () => {
    const started = performance.now()
    const outcome = await cairn(
      [
        ...['replay', 'dfe-exclusions', '--reasons', files[0], '--headcount', files[1]],
        ...['--year', values.year, ...values.la.flatMap((code) => ['--la', code])],
        ...['--data', folder.path, '--json'],
      ],
      { env },
    )
    console.error(outcome.stderr.trimEnd())
    return { code: outcome.code, ...outcome.json, seconds: Math.round((performance.now() - started) / 1000) }
  }
  const first = await replay()
  const second = await replay()
  const { json: status } = await cairn(['status', '--data', folder.path, '--json'], { env })
  const same = ['cells', 'equal', 'different', 'hidden', 'rates', 'ratesEqual', 'stored', 'storedEqual']
  const ok =
    first.code === 0 &&
    second.code === 0 &&
    status.whole &&
    status.group.state === 'Stable' &&
    second.duplicates === first.events &&
    same.every((name) => first[name] === second[name]) &&
    first.cells === first.storedEqual
  console.error(ok ? 'Through Kafka and PostgreSQL, twice: every figure equal.' : 'NOT equal: see above.')
  if (values.json)
    console.log(JSON.stringify({ ok, first, second, whole: status.whole, group: status.group }))
  process.exitCode = ok ? 0 : 1
} finally {
  await instance.interrupt()
  await Promise.all([broker.stop(), postgres.stop()])
  folder.remove()
}
