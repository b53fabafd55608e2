import { parseArgs } from 'node:util'
import { allProtections, type Protections } from '../../services/aggregator/protections.ts'
import { runChaos } from './run.ts'

const help = `npm run chaos -- [options]

Kills the aggregator with SIGKILL at random while events stream in, and compares every cell and every term of the
reconciliation with an independent model. In the stream: duplicates, late events, versions out of order, corrections
that move school, day, pupil or type, conflicts, retractions, reinstatements, erasures. Besides kills: owners that are
stopped and wake up after another has taken over (late writes), engine kills, ledger rewinds, forced merges.

  --kills N        kills of the aggregator (default 200)
  --seed S         the same seed gives the same events and the same plan (default: drawn and printed)
  --events N       events for each kill (default 60)
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
say(`chaos: ${values.kills} kills, seed ${seed}${values.without ? `, without ${values.without}` : ''}`)
const result = await runChaos({
  kills: Number(values.kills),
  seed,
  eventsPerKill: Number(values.events),
  ...(values.without ? { without: values.without as keyof Protections } : {}),
  say,
})
const ok = result.wrong === 0 && result.termsWrong === 0 && result.cells > 0
for (const example of result.examples) say(`  ${example}`)
say(
  ok
    ? `${result.kills} kills: 0 lost, 0 doubled, 0 wrong of ${result.cells} values in cells; reconciliation exact for ${result.authorities} authorities`
    : `WRONG after ${result.kills} kills: ${result.lost} lost, ${result.doubled} doubled, ${result.wrong} wrong of ${result.cells}; ${result.termsWrong} authorities do not reconcile`,
)
if (values.json)
  process.stdout.write(`${JSON.stringify({ ok, ...result, examples: result.examples.length })}\n`)
process.exit(ok ? 0 : 1)
