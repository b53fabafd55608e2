import { parseArgs } from 'node:util'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import type { Comparison } from './compare.ts'
import { runDistributed } from './distributed.ts'
import { runChaos } from './run.ts'

const help = `npm run chaos -- [options]

Kills the aggregator with SIGKILL at random while events stream in, and compares every cell, every term of the
reconciliation and every tier recommendation with an independent model. In the stream: duplicates, late events, versions out of order, corrections
that move school, day, pupil or type, conflicts, retractions, reinstatements, erasures. Besides kills: owners that are
stopped and wake up after another has taken over (late writes), engine kills, ledger rewinds, forced merges.

  --kills N        kills of the aggregator (default 200)
  --seed S         the same seed gives the same events and the same plan (default: drawn and printed)
  --events N       events for each kill (default 60)
  --distributed    on a real Kafka broker and a real PostgreSQL, with a real ingest and two aggregators: --kills counts
                   faults then, and they are of twelve kinds (broker, engine, database, ingest and aggregators killed or
                   frozen, rebalances, rewinds); at the end broker and engine are unreachable for --outage seconds each
  --outage S       length of those outages (default 150; 0 leaves them out)
  --without NAME   switches a protection off; the test must fail then: ${Object.keys(allProtections).join(', ')}
  --json           one JSON object as the last line
  --help
Exits 1 where anything was lost, doubled or wrong.
`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string' },
    events: { type: 'string', default: '60' },
    without: { type: 'string' },
    distributed: { type: 'boolean', default: false },
    outage: { type: 'string', default: '150' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
if (values.without && !(values.without in allProtections)) {
  process.stderr.write(`--without: one of ${Object.keys(allProtections).join(', ')}\n`)
  process.exit(2)
}
const seed = values.seed ? Number(values.seed) : Math.floor(Math.random() * 1e9)
const say = (line: string) => process.stderr.write(`${line}\n`)
const without = values.without ? { without: values.without as keyof Protections } : {}
say(
  `chaos${values.distributed ? ' on Kafka and PostgreSQL' : ''}: ${values.kills} ${values.distributed ? 'faults' : 'kills'}, seed ${seed}${values.without ? `, without ${values.without}` : ''}`,
)
const ok = await (values.distributed ? distributed() : embedded())
process.exit(ok ? 0 : 1)

async function embedded(): Promise<boolean> {
  const result = await runChaos({
    kills: Number(values.kills),
    seed,
    eventsPerKill: Number(values.events),
    ...without,
    say,
  })
  const right = result.wrong === 0 && result.termsWrong === 0 && result.cells > 0
  tell(right, `${result.kills} kills`, result)
  return right
}

async function distributed(): Promise<boolean> {
  const result = await runDistributed({
    faults: Number(values.kills),
    seed,
    eventsPerFault: Number(values.events),
    outageSeconds: Number(values.outage),
    ...without,
    say,
  })
  const falseYes = result.falselyAcknowledged
  const right = result.wrong === 0 && result.termsWrong === 0 && falseYes === 0 && result.cells > 0
  if (falseYes > 0) say(`${falseYes} events were acknowledged and are not in the log`)
  tell(right, `${Object.values(result.faults).reduce((a, b) => a + b)} faults`, result)
  return right
}

function tell(right: boolean, what: string, result: Comparison): void {
  const { cells, lost, doubled, wrong, termsWrong, examples } = result
  for (const example of examples) say(`  ${example}`)
  say(
    right
      ? `${what}: 0 lost, 0 doubled, 0 wrong of ${cells} values in cells and tiers; reconciliation exact`
      : `WRONG after ${what}: ${lost} lost, ${doubled} doubled, ${wrong} wrong of ${cells}; ${termsWrong} authorities do not reconcile`,
  )
  if (values.json)
    process.stdout.write(`${JSON.stringify({ ok: right, ...result, examples: examples.length })}\n`)
}
