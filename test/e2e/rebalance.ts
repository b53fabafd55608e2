/**
 * `npm run rebalance -- --json`: what `cairn status` says while two aggregators, started alone, come to share Kafka's
 * partitions and one of them is stopped in its tracks, and through which states the group went meanwhile. Exits 1 where
 * the partitions were not shared, an event was unaccounted for, or no rebalance was seen.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { aggregators, openEventLog } from '@cairn/event-log'
import { startBroker } from '../../infra/kafka/broker.ts'
import { startPostgres } from '../../infra/postgres/server.ts'
import { cairn, startCairn, temporaryFolder } from './cairn.ts'

interface Seen {
  readonly at: number
  readonly state: string
  readonly members: number
  readonly owners: Record<string, number>
  readonly whole: boolean
}

const help = `npm run rebalance -- [--json]
What cairn status says while two aggregators come to share Kafka's partitions and one of them is stopped in its tracks. Exits 1
where the partitions were not shared, an event was unaccounted for, or no rebalance was seen.
`

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const [broker, postgres] = await Promise.all([startBroker(), startPostgres()])
const folder = temporaryFolder()
const env = {
  KAFKA_BROKERS: broker.brokers,
  KAFKA_SESSION_TIMEOUT_MS: '3000',
  DATABASE_URL: await postgres.database(),
}
const started = performance.now()
const seen: Seen[] = []
const instance = await startCairn(folder.path, [], env)
/** The group's states, looked at more often than a command can be started. */
const states: string[] = []
const log = await openEventLog({ kind: 'kafka', brokers: [broker.brokers], topic: 'cairn.events' })
const watching = setInterval(async () => {
  const state = (await log.group(aggregators).catch(() => undefined))?.state
  if (state && state !== states.at(-1)) states.push(state)
}, 25)
let second: ChildProcess | undefined
try {
  await look()
  second = aloneAggregator()
  await lookUntil(({ members, owners }) => members === 2 && Object.keys(owners).length === 2)
  second.kill('SIGSTOP')
  await lookUntil(({ members, owners }) => members === 1 && Object.keys(owners).length === 1)
  second.kill('SIGCONT')
  await lookUntil(({ members, owners }) => members === 2 && Object.keys(owners).length === 2)
} finally {
  clearInterval(watching)
  await log.close()
  second?.kill('SIGKILL')
  await instance.interrupt()
  await Promise.all([broker.stop(), postgres.stop()])
  folder.remove()
}
const shared = seen.some(({ owners }) => Object.keys(owners).length === 2)
const ok =
  shared &&
  states.some((state) => state.endsWith('Rebalance')) &&
  Object.keys(seen.at(-1)!.owners).length === 2 &&
  seen.every(({ whole }) => whole)
for (const { at, state, members, owners } of seen)
  process.stderr.write(
    `${at.toFixed(1).padStart(6)} s  ${state}, ${members} members, partitions ${JSON.stringify(Object.values(owners))}\n`,
  )
process.stderr.write(`the group: ${states.join(' → ')}\n`)
if (values.json) process.stdout.write(`${JSON.stringify({ ok, states, seen })}\n`)
process.exit(ok ? 0 : 1)

/** As `npm run aggregator` starts it, on the same warehouse. */
function aloneAggregator(): ChildProcess {
  const { engine } = JSON.parse(readFileSync(`${folder.path}/run.json`, 'utf8'))
  const root = fileURLToPath(new URL('../..', import.meta.url))
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'services/aggregator/main.ts'],
    {
      cwd: root,
      stdio: 'ignore',
      env: {
        ...process.env,
        ...env,
        CAIRN_DATA: folder.path,
        CAIRN_AGGREGATOR_PORT: '0',
        CLICKHOUSE_URL: engine.url,
        CLICKHOUSE_USER: engine.username,
        CLICKHOUSE_PASSWORD: engine.password,
      },
    },
  )
}

async function look(): Promise<Seen> {
  const { json } = await cairn(['status', '--data', folder.path, '--json'], { env })
  const owners: Record<string, number> = {}
  for (const { owner } of json.partitions) if (owner) owners[owner] = (owners[owner] ?? 0) + 1
  const { state, members } = json.group
  const one = { at: (performance.now() - started) / 1000, state, members, owners, whole: json.whole }
  seen.push(one)
  return one
}

async function lookUntil(holds: (one: Seen) => boolean): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    if (holds(await look())) return
    await delay(200)
  }
}
