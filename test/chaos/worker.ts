/** One aggregator process of the chaos test: the production loop on real parts, with any protection switched off. */
import { createInterface } from 'node:readline'
import { FencedError, openControlPlane } from '@cairn/control-plane'
import { type LogSettings, openEventLog } from '@cairn/event-log'
import { resilienceWheel, scorer } from '@cairn/mtss'
import { openWarehouse } from '@cairn/warehouse'
import { Aggregator, type Ledger } from '../../services/aggregator/aggregator.ts'
import { runLoop } from '../../services/aggregator/loop.ts'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import { openReaderThread } from '../../services/aggregator/reader-thread.ts'
import { calendars, testPolicies } from './world.ts'

export interface WorkerOptions {
  readonly log: LogSettings
  /** Of the control plane. */
  readonly controlPlane: string
  /** base64 */
  readonly masterKey: string
  readonly url: string
  readonly username: string
  readonly password: string
  readonly without?: keyof Protections
  readonly batch: number
  readonly drainEvery: number
  /** Several at once share the partitions; see runLoop. Without it, one owner at a time has them all. */
  readonly settleMembershipMs?: number
}

const o: WorkerOptions = JSON.parse(process.argv[2]!)
const protections = o.without ? { ...allProtections, [o.without]: false } : allProtections
const owner = String(process.pid)
// A part that is away at the start is for the supervisor to wait for; said in one line.
const opened = Promise.all([
  openControlPlane({ url: o.controlPlane, masterKey: Buffer.from(o.masterKey, 'base64') }),
  openEventLog(o.log),
])
const [controlPlane, log] = await opened.catch((error) => {
  process.stderr.write(`aggregator ${owner} cannot start: ${error.message}\n`)
  process.exit(1)
})
const warehouse = openWarehouse(o)

/** What the ledger would be if it took a former owner's changes: each under whatever epoch is in force. */
const unfenced: Ledger = {
  claim: (partitions, owner) => controlPlane.ledger.claim(partitions, owner),
  advance: async (changes) => {
    const now = new Map((await controlPlane.ledger.positions()).map((p) => [p.partition, p]))
    for (const [partition, change] of changes) {
      const { epoch } = now.get(partition)!
      await controlPlane.ledger.advance(new Map([[partition, { ...change, epoch }]])).catch(() => undefined)
    }
  },
}

const aggregator = new Aggregator({
  warehouse,
  ledger: protections.fence ? controlPlane.ledger : unfenced,
  calendars,
  policies: testPolicies,
  context: { score: scorer([resilienceWheel]) },
  authorities: async () => (await controlPlane.authorities.list()).map((a) => a.code),
  partitionOf: (authority) => log.partitionOf(authority),
  owner,
  protections,
  // A pass takes several turns, so that kills fall between two shares.
  pupilsAtOnce: 50,
  factsAtOnce: 1_000,
})
const reader = openReaderThread({ log: o.log, maxRecords: o.batch, protections })
const stop = new AbortController()
process.stdin.on('end', () => process.exit(0))
process.stdout.on('error', () => process.exit(0))
process.stdout.write('ready\n')
// Booted, but owner of nothing yet: it claims when told to, so that kills cost no start.
await new Promise<void>((resolve) => createInterface(process.stdin).once('line', () => resolve()))
process.stdin.resume()
try {
  await runLoop({
    aggregator,
    reader,
    signal: stop.signal,
    drainEvery: o.drainEvery,
    retryable: (error) => (error as { retryable?: boolean }).retryable === true,
    stillMine: async (partitions) =>
      (await controlPlane.ledger.positions()).every(
        (p) => p.owner === owner || !partitions.includes(p.partition),
      ),
    ...(o.settleMembershipMs === undefined ? {} : { settleMembershipMs: o.settleMembershipMs }),
    onAssignment: (partitions) => process.stdout.write(`${JSON.stringify({ partitions })}\n`),
    onFenced: () => process.stdout.write('{"fenced":true}\n'),
  })
} catch (error) {
  if (error instanceof FencedError) process.exit(7)
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  process.exit(1)
}
