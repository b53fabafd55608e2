import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCounty } from './run.ts'

const help = `npm run county -- [options]

An invented county from the simulator to the reader, through the commands and endpoints that anybody uses, and what must
come out of it: the known effect of a programme within its interval, every pupil's recommendation and the tier mix of
every school equal to the reference evaluator's, figures equal to the simulation's truth by school and half-term, in cells
and, once the year is released, as an analyst and a school's lead read them; every event accounted for. Then the main
questions under load.

  --authorities N   1 to 9 (default 4)
  --schools N       in all (default 400: some four million events and more in 40 weeks)
  --weeks N         of 2025/26, at most 40 (default 40)
  --seed N          (default 1)
  --connections N   callers at a time in the load run (default 4)
  --load-seconds N  for each question (default 5; 0: once)
  --json            one JSON object as the last line
  --help
Exits 1 where a claim fails. Needs some 8 GB of memory and 10 GB of disk at 400 schools.
`

const { values } = parseArgs({
  options: {
    authorities: { type: 'string', default: '4' },
    schools: { type: 'string', default: '400' },
    weeks: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    connections: { type: 'string', default: '4' },
    'load-seconds': { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const say = (line: string) => process.stderr.write(`${line}\n`)
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`
say(`county of ${values.schools} schools over ${values.weeks} weeks, on ${machine}, Node ${process.version}`)
const folder = mkdtempSync(join(tmpdir(), 'cairn-county-'))
try {
  const { authorities, schools, weeks, seed, connections } = values
  const result = await runCounty(
    folder,
    {
      ...{
        authorities: Number(authorities),
        schools: Number(schools),
        weeks: Number(weeks),
        seed: Number(seed),
      },
      ...{ connections: Number(connections), loadSeconds: Number(values['load-seconds']) },
    },
    say,
  )
  for (const claim of result.failed) say(`FAILED: ${claim}`)
  const { recommendations, tierMix, truth, queries, effect, readers } = result
  say(
    `${result.events} events of ${result.pupils} pupils; effect ${effect.measured.toFixed(2)} (${effect.lower.toFixed(2)} to ${effect.upper.toFixed(2)}), caused ${effect.caused.toFixed(2)}`,
  )
  say(
    `wrong: ${recommendations.wrong} of ${recommendations.values} recommendations, ${tierMix.wrong} of ${tierMix.values} schools' tier mixes, ${truth.wrong} of ${truth.values} figures`,
  )
  if (readers)
    say(
      `as readers get them: wrong ${readers.released.wrong} of ${readers.released.values} released (${readers.heldBack} held back), ${readers.live.wrong} of ${readers.live.values} of a lead's own`,
    )
  for (const { query, p50, p95, requests } of queries)
    say(`${query}: p50 ${p50} ms, p95 ${p95} ms (${requests})`)
  if (values.json) process.stdout.write(`${JSON.stringify({ ...result, machine })}\n`)
  process.exitCode = result.ok ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
