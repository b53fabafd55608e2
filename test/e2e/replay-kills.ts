/**
 * Shows that kills change nothing: replays the published exclusions into an empty store while the aggregator is ended
 * by kill -9 at random moments, again and again until it has been killed so many times, and compares every figure.
 *   node --import tsx test/e2e/replay-kills.ts --kills 50 --seed 1 --json [--la CODE…]
 * Exits 1 where a figure differs or an event is unaccounted for.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'
import { cairn, type Instance, isAlive, startCairn, temporaryFolder } from './cairn.ts'

const help = `npm run replay-kills -- [--kills N] [--seed S] [--year 201617] [--la CODE …] [--json]
The Department's published exclusions into an empty store, while the aggregator is ended by kill -9 N times (50) at moments
drawn by the seed (1); then every figure is compared. Exits 1 where one differs or an event is unaccounted for.
`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
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
const kills = Number(values.kills)
const shared = fileURLToPath(new URL('../../../shared/data/dfe-exclusions/', import.meta.url))
const files = {
  reasons: `${shared}reasons_201516_201617.csv`,
  headcount: `${shared}headcount_201516_201617.csv`,
}
if (!existsSync(files.reasons)) {
  console.error('The published files are not there: see the README of ../shared/data/dfe-exclusions.')
  process.exit(3)
}

/** mulberry32 */
let state = Number(values.seed) >>> 0
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

/** Of a life, in milliseconds. */
let longest = 3_000

const folder = temporaryFolder()
const instance = await startCairn(folder.path, ['--no-demo'])
let failed = true
try {
  const done = { killed: 0, replays: 0 }
  const replay = () =>
    cairn([
      ...['replay', 'dfe-exclusions', '--reasons', files.reasons, '--headcount', files.headcount],
      ...[
        '--year',
        values.year,
        ...values.la.flatMap((code) => ['--la', code]),
        '--data',
        folder.path,
        '--json',
      ],
    ])
  let result = await whileKilling(instance, done, replay)
  // One replay may be over before so many kills: another adds duplicates, and no figure may move.
  while (done.killed < kills && result.code === 0) result = await whileKilling(instance, done, replay)
  const status = (await cairn(['status', '--data', folder.path, '--json'])).json
  if (result.code !== 0) process.stderr.write(result.stderr)
  failed = result.code !== 0 || done.killed < kills || status?.whole !== true
  const summary = {
    kills: done.killed,
    seed: Number(values.seed),
    replays: done.replays,
    whole: status?.whole,
    ...result.json,
  }
  console.log(values.json ? JSON.stringify(summary) : summary)
} finally {
  await instance.interrupt()
  folder.remove()
}
process.exitCode = failed ? 1 : 0

/**
 * Kills at random moments of a life: from 0 to `longest` after it began. Where lives are too short for anything to be
 * done (the machine is busy), they become longer, else nothing would ever come out.
 */
async function whileKilling<T>(
  at: Instance,
  done: { killed: number; replays: number },
  work: () => Promise<T>,
): Promise<T> {
  let over = false
  const working = work().finally(() => {
    over = true
  })
  done.replays++
  let last: number | undefined
  let before = await moved(at)
  while (!over && done.killed < kills) {
    const pid = at.pids().aggregator
    if (pid === undefined || pid === last) {
      await delay(20)
      continue
    }
    await delay(random() * longest)
    if (over || !isAlive(pid)) continue
    process.kill(pid, 'SIGKILL')
    last = pid
    done.killed++
    const now = await moved(at)
    longest = now > before ? Math.max(2_000, longest * 0.9) : Math.min(15_000, longest * 1.25)
    before = now
    if (process.stderr.isTTY) process.stderr.write(`\r  killed ${done.killed} of ${kills} times `)
  }
  return working
}

/** How far the ledger is, as one number that grows. */
async function moved(at: Instance): Promise<number> {
  const controlPlane = await openControlPlane({
    url: `sqlite:${join(at.data, 'control.db')}`,
    masterKey: loadOrCreateMasterKey(join(at.data, 'master.key')),
  })
  const positions = await controlPlane.ledger.positions()
  await controlPlane.close()
  return positions.reduce((sum, one) => sum + one.offset + one.drained, 0)
}
