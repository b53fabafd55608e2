import { randomBytes } from 'node:crypto'
import { authenticateReader, isScope } from '@cairn/access'
import type { ControlPlane } from '@cairn/control-plane'
import { reconcile } from '@cairn/warehouse'
import type { DataFolder } from '../data-folder.ts'
import { untilDrained } from '../drained.ts'
import { batchesOf, inFlight } from '../events/in-flight.ts'
import { sendBatch } from '../events/sender.ts'
import { exitCodes, Fault, misuse } from '../fault.ts'
import { withControlPlane, withWarehouse } from '../open.ts'
import { existingFolder } from '../options.ts'
import { progressBar } from '../progress-bar.ts'
import { readRunFile } from '../run-file.ts'
import { counted } from '../table.ts'
import { compare, publishedCounts, publishedRates, sameCount, sameRate } from './compare.ts'
import { eventsOf, sourceOf } from './events.ts'
import { askedFigures, storedFigures } from './figures.ts'
import { eventCount, type Plan, planOf } from './plan.ts'
import { readPublished } from './published.ts'
import { differs, type ReplayResult, resultJson, resultText } from './report.ts'

export interface ReplayOptions {
  reasons: string
  headcount: string
  year: string
  la?: number[]
  gateway?: string
  ingest?: string
  data?: string
  json?: boolean
}

const batchSize = 2_500
const inFlightBatches = 3
const drainPatienceMs = 120_000

/** Files → events → HTTP → figures → comparison; returns the exit code. */
export async function replayDfeExclusions(options: ReplayOptions): Promise<number> {
  checkYear(options.year)
  const folder = existingFolder(options)
  const run = readRunFile(folder)
  const at = { gateway: options.gateway ?? run?.gateway, ingest: options.ingest ?? run?.ingest }
  if (!run || !at.gateway || !at.ingest)
    throw new Fault(
      `Nothing is running on ${folder.path}.`,
      'Start it first: cairn start, with the same --data.',
    )
  const plan = planOf(await readPublished(options.reasons, options.headcount, options.year), options.la)
  if (plan.authorities.length === 0) throw misuse('No authority of the files has one of these codes.')
  announce(plan, options.year)
  const interrupted = new AbortController()
  const interrupt = () =>
    interrupted.abort(new Fault('Interrupted.', 'Run it again: what was sent counts once.', 130))
  process.once('SIGINT', interrupt)
  try {
    const replay = new Replay(
      folder,
      plan,
      options.year,
      { gateway: at.gateway, ingest: at.ingest },
      interrupted.signal,
    )
    const result = await replay.run()
    console.error(resultText(result))
    if (options.json) console.log(resultJson(result))
    return differs(result) ? exitCodes.failed : exitCodes.done
  } finally {
    process.off('SIGINT', interrupt)
  }
}

function checkYear(year: string): void {
  const [, from, to] = /^(\d{4})(\d\d)$/.exec(year) ?? []
  if (!from || (Number(from) + 1) % 100 !== Number(to))
    throw misuse('--year must be six digits of two years in a row, such as 201617.')
}

function announce({ authorities, leftOut }: Plan, year: string): void {
  const events = authorities.reduce((sum, one) => sum + eventCount(one), 0)
  const apportioned = authorities.reduce((sum, one) => sum + one.apportioned, 0)
  console.error(
    `Exclusions ${year}: ${counted(events, 'event')} of ${counted(authorities.length, 'authority', 'authorities')}`,
  )
  if (apportioned > 0)
    console.error(
      `  ${counted(apportioned, 'exclusion')} of school types that are both hidden: spread evenly over the two`,
    )
  if (leftOut.length > 0) console.error(`  left out, their LA code is not known: ${leftOut.join(', ')}`)
}

class Replay {
  readonly #folder: DataFolder
  readonly #plan: Plan
  readonly #year: string
  readonly #at: { readonly gateway: string; readonly ingest: string }
  readonly #signal: AbortSignal

  constructor(
    folder: DataFolder,
    plan: Plan,
    year: string,
    at: { gateway: string; ingest: string },
    signal: AbortSignal,
  ) {
    this.#folder = folder
    this.#plan = plan
    this.#year = year
    this.#at = at
    this.#signal = signal
  }

  async run(): Promise<ReplayResult> {
    return withControlPlane(this.#folder, async (controlPlane) => {
      await this.#register(controlPlane)
      const keys = await this.#ingestKeys(controlPlane)
      try {
        await this.#send(keys)
      } finally {
        for (const { id } of keys.values()) await controlPlane.keys.revoke(id)
      }
      await this.#drain()
      return this.#check(controlPlane)
    })
  }

  get #codes(): number[] {
    return this.#plan.authorities.map((one) => one.authority.code)
  }

  /** Authorities and aggregate establishments; those that are there already stay as they are. */
  async #register({ authorities, schools }: ControlPlane): Promise<void> {
    const known = new Set((await authorities.list()).map((one) => one.code))
    for (const { authority } of this.#plan.authorities)
      if (!known.has(authority.code)) await authorities.add(authority)
    const { refused } = await schools.import(
      this.#plan.authorities.flatMap((one) => one.establishments.map((e) => e.school)),
    )
    const [first] = refused
    if (first)
      throw new Fault(
        `An aggregate establishment was refused: ${first.field} must be ${first.rule}.`,
        undefined,
        exitCodes.failed,
      )
  }

  async #ingestKeys({ keys }: ControlPlane): Promise<Map<number, { id: string; key: string }>> {
    const made = new Map<number, { id: string; key: string }>()
    for (const authority of this.#codes) {
      const sources = [sourceOf(this.#year, authority)]
      const label = `replay of exclusions ${this.#year}`
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
      made.set(
        authority,
        await keys.create({ kind: 'ingest', authority, school: null, sources, label, expiresAt }),
      )
    }
    return made
  }

  async #send(keys: ReadonlyMap<number, { key: string }>): Promise<void> {
    const total = this.#plan.authorities.reduce((sum, one) => sum + eventCount(one), 0)
    const bar = progressBar('sent', total)
    let sent = 0
    try {
      await inFlight(this.#batches(), inFlightBatches, async ({ code, lines }) => {
        const options = { url: this.#at.ingest, key: keys.get(code)!.key, signal: this.#signal }
        const { refused, items } = await sendBatch(lines, options)
        if (refused > 0) {
          const error = items.find((item) => item.status === 'refused')?.errors?.[0]
          throw new Fault(
            `${counted(refused, 'event')} of authority ${code} refused: ${error?.field} ${error?.rule}`,
            undefined,
            exitCodes.failed,
          )
        }
        sent += lines.length
        bar.to(sent)
      })
    } finally {
      bar.stop()
    }
  }

  *#batches(): Generator<{ code: number; lines: string[] }> {
    for (const plan of this.#plan.authorities)
      for (const lines of batchesOf(eventsOf(plan, this.#year), batchSize))
        yield { code: plan.authority.code, lines }
  }

  async #drain(): Promise<void> {
    const bar = progressBar('in the figures', 1)
    try {
      await untilDrained(this.#folder, {
        mark: 'drained',
        patienceMs: drainPatienceMs,
        signal: this.#signal,
        onProgress: (done, total) => bar.to(done, total),
      })
    } finally {
      bar.stop()
    }
  }

  async #check(controlPlane: ControlPlane): Promise<ReplayResult> {
    const { authorities } = this.#plan
    const members = authorities.flatMap((one) =>
      one.establishments.map(({ school: { urn, phase } }) => ({ urn, phase, authority: one.authority.code })),
    )
    return this.#asReader(controlPlane, async (key) => {
      const asked = await askedFigures(
        { url: this.#at.gateway, key, signal: this.#signal },
        this.#year,
        members.map((one) => one.urn),
      )
      const scope = await authenticateReader(key, { keys: controlPlane.keys, readers: controlPlane.readers })
      if (!isScope(scope)) throw scope
      return withWarehouse(this.#folder, async (warehouse) => {
        const stored = await storedFigures(warehouse, scope, members, Number(this.#year.slice(0, 4)))
        const counts = publishedCounts(authorities)
        const rates = publishedRates(authorities)
        const shown = compare(counts, asked.count, sameCount)
        const ratesShown = rates.filter(({ place }) => asked.rate(place) !== 'hidden')
        const ratesHidden = rates.filter(({ place }) => asked.rate(place) === 'hidden')
        return {
          events: authorities.reduce((sum, one) => sum + eventCount(one), 0),
          shown,
          stored: compare(counts, stored.count, sameCount),
          ratesShown: compare(ratesShown, asked.rate, sameRate),
          // What GraphQL holds back is checked where nothing is held back.
          ratesHidden: compare(ratesHidden, stored.rate, sameRate),
          reconciliation: await reconcile(warehouse, scope),
        }
      })
    })
  }

  /** Lends the key of a reader that is made for this and removed after it. */
  async #asReader<T>({ readers, keys }: ControlPlane, work: (key: string) => Promise<T>): Promise<T> {
    const id = `replay-${randomBytes(6).toString('hex')}`
    await readers.add({
      id,
      name: 'Replay of exclusions',
      role: 'commissioner',
      authorities: this.#codes,
      schools: null,
    })
    try {
      return await work((await keys.create({ kind: 'reader', reader: id, label: 'replay' })).key)
    } finally {
      await readers.remove(id)
    }
  }
}
