import { parseArgs } from 'node:util'
import { attackApi } from './api/attack.ts'
import { attackAuthorities } from './api/authorities.ts'
import { attackWithout, type GatewayRule, gatewayRules } from './api/gateway-rules.ts'
import { attackMeans } from './api/means.ts'
import { attackReleases, releaseRules } from './api/rules.ts'
import { sizeOf } from './county.ts'
import { type AttackedCubes, attackCubes, isRule, ruleNames } from './cubes.ts'
import { exposed } from './judge.ts'
import { attackSupport } from './support/attack.ts'
import { attackTiers } from './tiers/attack.ts'

const { values } = parseArgs({
  options: {
    programs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rules: { type: 'boolean', default: false },
    support: { type: 'boolean', default: false },
    tiers: { type: 'boolean', default: false },
    means: { type: 'boolean', default: false },
    authorities: { type: 'boolean', default: false },
    cube: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '3' },
    schools: { type: 'string', default: '240' },
    linear: { type: 'string', default: '20' },
    without: { type: 'string' },
    table: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const usage = `npm run attack -- --programs N [--seed S] [--rules] [--support] [--tiers] [--means] [--authorities] [--json]
  --programs  random programs of questions over the public API as readers of every role, of an invented authority as time
              goes on: events arrive, years and half-terms are released, corrected and released anew; everything answered is
              put together, as the public and as each school's lead
  --seed      of the authority and of the programs; 1 unless told
  --rules     besides (or alone), with each rule off, of releases and of the gateway: each must leak
  --support   besides (or alone), every question about support, put together in more and more ways
  --tiers     besides (or alone), every question about tiers as half-terms and years end
  --means     besides (or alone), a year's release: means, counts, singles, pairs and tables of it put together
  --authorities  besides (or alone), readers of two authorities, of either and of both
npm run attack -- --cube [--seeds N] [--table] [--without RULE] [--schools N] [--linear N] [--json]
  --cube      attack the published cubes of an invented county, as the public and as each school's lead
  --seeds     how many counties; 3 unless told
  --schools   in each, five in six of them primaries; 240 unless told
  --linear    protected figures a metric and county that linear programming bounds too, or all; 20 unless told
              (and at most 10 a metric as each lead)
  --table     besides, each rule off in turn: it must leak
  --without   with one rule off (and the audit): ${ruleNames.join(', ')}
--json prints one JSON object as the last line. Exits 1 where something is exposed, or a rule that is off exposes nothing.`

if (values.help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
const asked = [values.rules, values.support, values.tiers, values.means, values.authorities]
if (values.programs !== undefined || asked.includes(true)) await attackPublicApi(values.programs, values.seed)
else await attackCubesAsAsked()

async function attackPublicApi(programs: string | undefined, given: string): Promise<void> {
  const [count, seed] = [Number(programs ?? 0), Number(given)]
  if (!Number.isInteger(count) || count < 0) fail('--programs: a whole number from 1')
  if (!Number.isInteger(seed) || seed < 1) fail('--seed: a whole number from 1')
  const rules: { off: string; exposed: number; exposedToLeads: number }[] = []
  if (values.rules) {
    rules.push(...(await attackReleases([seed, seed + 1], releaseRules)))
    for (const off of Object.keys(gatewayRules) as GatewayRule[])
      rules.push(await attackWithout(off, { programs: 60, seed }))
  }
  const progress = (line: string) => process.stderr.write(`${line}\n`)
  const found = count > 0 ? await attackApi({ programs: count, seed, linear: 30, progress }) : undefined
  const support = values.support ? await attackSupport({ seed }) : []
  const tiers = values.tiers ? await attackTiers({ seed, linear: 30 }) : []
  const means = values.means ? await attackMeans({ seed, linear: 30 }) : undefined
  const authorities = values.authorities ? await attackAuthorities({ seed, linear: 30 }) : undefined
  const released = [means, authorities].filter((one) => one !== undefined)
  const missed = rules
    .filter((row) => row.exposed + row.exposedToLeads > 0 === (row.off === 'nothing'))
    .map(({ off }) => off)
  const told = [
    ...(found ? [found.exposed, found.exposedToLeads, found.exposedSince, found.exposedSinceToLeads] : []),
    ...(found ? [found.linear.exposed] : []),
    ...[...support, ...tiers, ...released].flatMap((one) => [one.exposed, one.exposedToLeads]),
    ...[...tiers, ...released].map((one) => one.linear.exposed),
    ...tiers.flatMap((one) => [one.exposedSince, one.exposedSinceToLeads]),
  ]
  const ok = missed.length === 0 && told.every((count) => count === 0)
  const answer = {
    ...{ ok, ...(found && { api: found }), rules, missed },
    ...{
      ...(values.support && { support }),
      ...(values.tiers && { tiers }),
      ...(means && { means }),
      ...(authorities && { authorities }),
    },
  }
  process.stdout.write(`${values.json ? JSON.stringify(answer) : JSON.stringify(answer, null, 2)}\n`)
  process.exitCode = ok ? 0 : 1
}

async function attackCubesAsAsked(): Promise<void> {
  if (!values.cube) fail(usage)
  const seeds = Number(values.seeds)
  const linear = values.linear === 'all' ? Number.POSITIVE_INFINITY : Number(values.linear)
  const schools = Number(values.schools)
  if (!Number.isInteger(seeds) || seeds < 1) fail('--seeds: a whole number from 1')
  if (!(linear >= 0) || (values.linear !== 'all' && !Number.isInteger(linear)))
    fail('--linear: all, or a whole number from 0')
  if (!Number.isInteger(schools) || schools < 5) fail('--schools: a whole number from 5')
  const { without } = values
  if (without !== undefined && !isRule(without)) fail(`--without: one of ${ruleNames.join(', ')}`)

  const result = await attackCubes({
    seeds,
    linear,
    size: sizeOf(schools),
    table: values.table,
    ...(without !== undefined && isRule(without) && { without }),
    progress: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(
    values.json ? `${JSON.stringify({ ok: result.missed.length === 0, ...result })}\n` : text(result),
  )
  process.exitCode = result.missed.length > 0 ? 1 : 0
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

function text({ rows, missed, hidden, suppression }: AttackedCubes): string {
  const head = [
    'rule off',
    'protected',
    'pinned',
    'within 1',
    'failing',
    'leads: pinned',
    'within 1',
    'failing',
    'LP: asked',
    'pinned',
    'within 1',
    'failing',
    'LP as leads: asked',
    'exposed',
  ]
  const body = rows.map(({ off, public: seen, leads, linear: lp, linearLeads }) => [
    off,
    ...[seen.secret, seen.pinned, seen['within 1'], seen.failing],
    ...[leads.pinned, leads['within 1'], leads.failing],
    ...[lp.secret, lp.pinned, lp['within 1'], lp.failing, linearLeads.secret, exposed(linearLeads)],
  ])
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |\n`
  const share = (value: number) => `${(100 * value).toFixed(1)} %`
  return [
    line(head),
    line(head.map(() => '---')),
    ...body.map(line),
    '\nHidden, first county: ',
    hidden.map(({ metric, kind, share: part }) => `${metric}, ${kind}: ${share(part)}`).join('; '),
    `\nSuppression, ms: ${JSON.stringify(suppression)}\n`,
    missed.length === 0 ? 'Holds.\n' : `Does not hold: ${missed.join('; ')}\n`,
  ].join('')
}
