import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadOrCreateMasterKey, openControlPlane, pseudonymsUnder } from '@cairn/control-plane'
import { type SimulationTruth, simulatedAuthority, simulatedSource } from '@cairn/simulation'
import { openWarehouse } from '@cairn/warehouse'
import { dataFolder } from '../../services/cli/data-folder.ts'
import { untilDrained } from '../../services/cli/drained.ts'
import { withControlPlane } from '../../services/cli/open.ts'
import { readRunFile } from '../../services/cli/run-file.ts'
import { cairn, startCairn } from '../e2e/cairn.ts'
import { type Compared, compareTiers, compareTruth, nothingCompared } from './compare.ts'
import { type Effect, effectOf } from './effect.ts'
import { oracleOf } from './oracle.ts'
import { type Latency, loadRun, mainQueries } from './queries.ts'
import { compareReaders, type Read } from './readers.ts'

export interface CountyOptions {
  readonly authorities: number
  readonly schools: number
  readonly weeks: number
  readonly seed: number
  /** Of the load run: callers at a time, and seconds for each question; 0 asks each once. */
  readonly connections: number
  readonly loadSeconds: number
}

export interface CountyResult {
  readonly ok: boolean
  /** Claims that failed. */
  readonly failed: readonly string[]
  readonly pupils: number
  readonly events: number
  /** By stage; `toFigures` and `toTiers` count from the first event sent. */
  readonly seconds: Readonly<Record<string, number>>
  /** Greatest resident memory, MB, by process. */
  readonly peakMb: Readonly<Record<string, number>>
  readonly effect: Effect
  readonly recommendations: Compared
  readonly tierMix: Compared
  readonly truth: Compared
  /** What readers get of one authority; undefined where none has schools enough for a release. */
  readonly readers: Read | undefined
  readonly reconciliation: Account
  readonly queries: readonly Latency[]
}

/** What the simulator wrote, what was sent, and what the receipts say of it. */
export interface Account {
  readonly written: number
  readonly sent: number
  /** The same event twice in one request is taken once. */
  readonly twiceInARequest: number
  readonly accepted: number
  readonly current: number
  readonly superseded: number
  readonly duplicates: number
  /** Whether `cairn status` finds every event accounted for. */
  readonly whole: boolean
  /** What does not add up, in words. */
  readonly wrong: readonly string[]
}

/** Nothing that lasts moves for a while where a whole county settles. */
const patienceMs = 900_000

/**
 * A county from the simulator to the reader, through the product's own commands and public endpoints: simulate, start,
 * send, wait until all is in the figures and the tiers, compare, ask under load. `folder` is empty, and the caller's.
 */
export async function runCounty(
  folder: string,
  o: CountyOptions,
  say: (line: string) => void,
): Promise<CountyResult> {
  const [data, out, truthFile] = [
    join(folder, 'data'),
    join(folder, 'county.ndjson'),
    join(folder, 'truth.json'),
  ]
  const seconds: Record<string, number> = {}
  const took = (stage: string, since: number) => {
    seconds[stage] = Number(((performance.now() - since) / 1000).toFixed(1))
    say(`${stage}: ${seconds[stage]} s`)
  }
  const codes = Array.from({ length: o.authorities }, (_, i) => simulatedAuthority(i).code)
  const fileOf = (code: number) => join(folder, `county-${code}.ndjson`)

  let since = performance.now()
  const size = ['--authorities', `${o.authorities}`, '--schools', `${o.schools}`, '--weeks', `${o.weeks}`]
  const files = ['--seed', `${o.seed}`, '--out', out, '--split', '--truth', truthFile]
  const simulated = await command('simulate', ...size, ...files, '--register', '--data', data, '--json')
  took('simulate', since)
  const truth: SimulationTruth = JSON.parse(readFileSync(truthFile, 'utf8'))
  const keyFor = async (...of: string[]) =>
    (await command('key', 'create', ...of, '--data', data, '--json')).key as string
  const keys = new Map<number, string>()
  for (const code of codes)
    keys.set(code, await keyFor('--authority', `${code}`, '--source', simulatedSource))
  const everyone = codes.flatMap((code) => ['--authority', `${code}`])
  const reader = await keyFor(...everyone, '--role', o.authorities > 1 ? 'commissioner' : 'analyst')

  const instance = await startCairn(data, ['--no-demo'])
  const own = dataFolder(data)
  const warehouse = openWarehouse(readRunFile(own)!.engine)
  try {
    since = performance.now()
    const begun = since
    const sent = { sent: 0, accepted: 0, duplicates: 0 }
    for (const code of codes) {
      const one = await command('send', fileOf(code), '--key', keys.get(code)!, '--data', data, '--json')
      sent.sent += one.sent
      sent.accepted += one.accepted
      sent.duplicates += one.duplicates
    }
    took('send', since)
    await untilDrained(own, { mark: 'drained', patienceMs })
    took('toFigures', begun)
    await untilDrained(own, { mark: 'settled', patienceMs })
    took('toTiers', begun)
    const peakMb = { simulate: simulated.peakMb as number, ...peaks(instance.pids()) }

    since = performance.now()
    const status = await cairn(['status', '--data', data, '--json'])
    const reconciliation = accountFor(truth, sent, status.json)
    const year = '202526'
    const effect = await effectOf(instance.gateway, reader, codes, year, truth)
    const figures = await compareTruth(warehouse, codes, truth)
    took('compareFigures', since)

    since = performance.now()
    for (const code of o.schools / o.authorities < fewestSchools ? [] : codes)
      await command('release', 'close', '--authority', `${code}`, '--year', year, '--data', data, '--json')
    took('release', since)
    since = performance.now()
    const readers = await readBack(instance.gateway, reader, keyFor, { authority: codes[0]!, year }, o, truth)
    took('compareReaders', since)

    since = performance.now()
    const [recommendations, tierMix] = [nothingCompared(), nothingCompared()]
    for (const code of codes) {
      const oracle = await oracleOf(fileOf(code), await pseudonymsOf(own, code))
      const found = await compareTiers(warehouse, code, oracle)
      add(recommendations, found.recommendations)
      add(tierMix, found.mix)
    }
    took('compareTiers', since)

    since = performance.now()
    const load = { connections: o.connections, seconds: o.loadSeconds }
    const ends = await movementEnds(own, codes[0]!, Number(year.slice(0, 4)))
    const queries = await loadRun(instance.gateway, reader, mainQueries(codes[0]!, year, ends), load)
    took('loadRun', since)
    const result = {
      ...{ pupils: truth.pupils, events: truth.events.emitted, seconds },
      peakMb: {
        ...peakMb,
        ...peaks(instance.pids()),
        thisCommand: Math.round(process.resourceUsage().maxRSS / 1024),
      },
      ...{ effect, recommendations, tierMix, truth: figures, readers, reconciliation, queries },
    }
    const failed = failures(result)
    return { ok: failed.length === 0, failed, ...result }
  } finally {
    await warehouse.close()
    await instance.interrupt()
  }
}

/** With fewer no view across schools is released. */
const fewestSchools = 5

/** Asks as everybody across schools and as the lead of one of them. */
async function readBack(
  gateway: string,
  across: string,
  keyFor: (...of: string[]) => Promise<string>,
  of: { readonly authority: number; readonly year: string },
  { schools, authorities }: CountyOptions,
  truth: SimulationTruth,
): Promise<Read | undefined> {
  if (schools / authorities < fewestSchools) return undefined
  const roll = truth.rolls.find((one) => one.authority === of.authority)!
  const school = Number(Object.keys(roll.schools)[0])
  const granted = ['--authority', `${of.authority}`, '--role', 'school_lead', '--school', `${school}`]
  return compareReaders(gateway, { across, lead: await keyFor(...granted), school }, of, truth)
}

/** The last weeks of the year's first half-term and of the year: between these movements are told across schools. */
async function movementEnds(
  own: ReturnType<typeof dataFolder>,
  authority: number,
  year: number,
): Promise<readonly [earlier: string, later: string]> {
  const calendars = await withControlPlane(own, ({ calendars }) =>
    calendars.weeks([authority], { from: year, to: year }),
  )
  const { weeks } = calendars[0]!
  return [weeks.findLast(({ halfTerm }) => halfTerm === 1)!.week, weeks.at(-1)!.week]
}

interface Sent {
  sent: number
  accepted: number
  duplicates: number
}

/** Receipts against the truth, term by term; each retracted event is two identities that do not stand: it and what took it back. */
function accountFor({ events }: SimulationTruth, sent: Sent, status: any): Account {
  const sum = (term: string) =>
    (status.authorities as Record<string, number>[]).reduce((total, one) => total + one[term]!, 0)
  const terms: [what: string, have: number, want: number][] = [
    ['sent', sent.sent, events.emitted],
    ['accepted', sum('accepted'), sent.accepted],
    ['current', sum('current'), events.unique - 2 * events.retracted],
    ['facts', sum('currentFacts'), sum('current')],
    ['superseded', sum('superseded'), events.superseded],
    ['duplicates', sum('duplicates') + sent.duplicates, events.duplicates],
    ['retracted', sum('retracted'), 2 * events.retracted],
    ['in conflict or quarantine', sum('conflicts') + sum('quarantined'), 0],
    ['difference', sum('difference'), 0],
  ]
  return {
    ...{
      written: events.emitted,
      sent: sent.sent,
      twiceInARequest: sent.duplicates,
      accepted: sum('accepted'),
    },
    ...{ current: sum('current'), superseded: sum('superseded'), duplicates: sum('duplicates') },
    whole: status.whole,
    wrong: terms.flatMap(([what, have, want]) => (have === want ? [] : [`${what}: ${have}, want ${want}`])),
  }
}

/** Runs a command that must not fail; its last line as JSON. */
async function command(...args: string[]): Promise<any> {
  const { code, json, stderr } = await cairn(args)
  if (code !== 0) throw new Error(`cairn ${args[0]} ended with ${code}: ${stderr}`)
  return json
}

async function pseudonymsOf(own: ReturnType<typeof dataFolder>, authority: number) {
  const controlPlane = await openControlPlane({
    ...{ url: `sqlite:${own.controlPlane}`, masterKey: loadOrCreateMasterKey(own.masterKey) },
  })
  try {
    return pseudonymsUnder(await controlPlane.authorities.pseudonymKey(authority))
  } finally {
    await controlPlane.close()
  }
}

function add(sum: Compared, one: Compared): void {
  sum.values += one.values
  sum.wrong += one.wrong
  sum.examples.push(...one.examples.slice(0, 5 - sum.examples.length))
}

/** As Linux accounts it; nothing elsewhere. */
function peaks(pids: Readonly<Record<string, number>>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [name, pid] of Object.entries(pids))
    try {
      const line = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      if (line) found[name] = Math.round(Number(line[1]) / 1024)
    } catch {
      // Not Linux, or gone.
    }
  return found
}

function failures(r: Omit<CountyResult, 'ok' | 'failed'>): string[] {
  const equal = ({ values, wrong }: Compared) => values > 0 && wrong === 0
  const claims: [claim: string, holds: boolean][] = [
    ['the known effect of the programme comes back within its interval', r.effect.within],
    // Of fewer pupils the interval is wide, and may well have 0 in it.
    ['… and is told apart from none', Math.min(...r.effect.n) < 500 || r.effect.lower > 0],
    ['every recommendation equals the reference evaluator’s', equal(r.recommendations)],
    ['the tier mix of every school equals the reference evaluator’s', equal(r.tierMix)],
    ['figures equal the truth, by school and half-term', equal(r.truth)],
    ['released figures equal it as an analyst reads them', !r.readers || equal(r.readers.released)],
    ['a school’s lead reads the own school as it was recorded', !r.readers || equal(r.readers.live)],
    ['every event is accounted for', r.reconciliation.whole && r.reconciliation.wrong.length === 0],
    [
      'every question of the load run is answered',
      r.queries.every(({ failed, requests }) => failed === 0 && requests > 0),
    ],
  ]
  return claims.flatMap(([claim, holds]) => (holds ? [] : [claim]))
}
