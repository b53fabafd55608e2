import type { Installation } from '../../../services/gateway/installation.ts'
import { judged, secretsOf } from './judge.ts'
import { type Figure, isDifference, type Knowledge, keyOf } from './knowledge.ts'
import { linearBounds } from './linear.ts'
import { type Asked, programOf, type Setting } from './programs.ts'
import { readAnswer, type Standardised } from './read.ts'
import type { Reader } from './readers.ts'
import { unbounded } from './system.ts'
import { attacked, randomOf } from './world.ts'

/** A secret that was told, and by which questions. */
export interface Leak {
  readonly program: number
  readonly stage: string
  readonly reader: string
  readonly verdict: string
  readonly figure: string
  /** Bounds that it follows from, down to those that were told. */
  readonly because: readonly string[]
  readonly asked: readonly string[]
}

/** What is known at a time of the programs, and of what the answers then speak. */
export interface Stage {
  readonly name: string
  readonly setting: Setting
  /** By academic year: the state that running figures are of. */
  readonly running: ReadonlyMap<number, string>
  /** By name: the state that a release is of. */
  readonly released: ReadonlyMap<string, string>
}

interface Program {
  readonly reader: Reader
  readonly asked: readonly Asked[]
}

interface Learned {
  readonly year: number
  readonly figure: Figure
  readonly low: number
  readonly high: number
}

/** Programs whose questions are asked at once. */
const together = 20
const mostLeaks = 40
const mostReasons = 16

/** Questions of all readers, and all that follows from the answers so far. */
export class Run {
  readonly leaks: Leak[] = []
  /** Of what came in between two times. */
  readonly since: Leak[] = []
  readonly #asked = new Set<string>()
  readonly #secrets = new Map<number, Set<number>>()
  readonly #earlier: Program[] = []
  /** What leads were told, by school: nobody else knows it. */
  readonly #told = new Map<number, Learned[]>()
  readonly #random: () => number
  #stage!: Stage
  #total = 0
  #exposed = 0
  #exposedSince = 0
  #numbers = 0
  #refused = 0

  constructor(
    readonly gateway: Installation,
    readonly readers: readonly Reader[],
    readonly years: ReadonlyMap<number, Knowledge>,
    seed: number,
  ) {
    this.#random = randomOf(seed * 7919)
    for (const year of years.keys()) this.#secrets.set(year, new Set())
  }

  /** Goes on at another time: there may be more states, and more secrets with them. */
  enter(stage: Stage, states: ReadonlyMap<number, readonly string[]>): void {
    this.#stage = stage
    for (const [year, names] of states) {
      const knowledge = this.years.get(year)!
      knowledge.system.settle()
      for (const at of secretsOf(knowledge))
        if (names.includes(knowledge.figures[at]!.state)) {
          this.#secrets.get(year)!.add(at)
          this.#total++
        }
    }
  }

  /** Several at a time are asked at once; what they tell is put together in their order. */
  async programs(from: number, to: number, progress?: (line: string) => void): Promise<void> {
    for (let first = from; first < to; first += together) {
      const batch = Array.from({ length: Math.min(together, to - first) }, () => this.#next())
      const answers = await Promise.all(
        batch.map(({ reader, asked }) => Promise.all(asked.map((one) => this.#ask(reader, one)))),
      )
      for (const [i, program] of batch.entries()) {
        for (const [j, one] of program.asked.entries())
          for (const data of answers[i]![j]!) this.#learn(program.reader, one, data)
        if (program.asked.length > 0) this.#judge(first + i, program)
      }
      if (progress && Math.floor((first + together) / 500) > Math.floor(first / 500))
        progress(
          `${first + together} programs, ${this.#asked.size} questions, ${this.#exposed} secrets told, ${this.#exposedSince} of what came in between`,
        )
    }
  }

  counts() {
    return {
      questions: this.#asked.size,
      answered: this.#asked.size - this.#refused,
      refused: this.#refused,
      numbers: this.#numbers,
      secrets: this.#total,
      exposed: this.#exposed,
      exposedSince: this.#exposedSince,
    }
  }

  /** A new program, or one of an earlier time again: what has come in between is the difference of its answers. */
  #next(): Program {
    const again = this.#earlier.length > 0 && this.#random() < 0.3
    const program = again
      ? this.#earlier[Math.floor(this.#random() * this.#earlier.length)]!
      : { reader: this.#reader(), asked: programOf(this.#random, this.#stage.setting) }
    if (!again && this.#random() < 0.5) this.#earlier.push(program)
    return { ...program, asked: program.asked.filter((one) => this.#isFresh(program.reader, one)) }
  }

  #reader(): Reader {
    let left = this.#random() * this.readers.reduce((sum, { share }) => sum + share, 0)
    for (const reader of this.readers) {
      left -= reader.share
      if (left < 0) return reader
    }
    return this.readers[0]!
  }

  #isFresh({ name }: Reader, { field, paged }: Asked): boolean {
    const key = `${this.#stage.name} ${name} ${paged ?? ''} ${field}`
    if (this.#asked.has(key)) return false
    this.#asked.add(key)
    return true
  }

  /** Every page of the answer; none where the question is refused. */
  async #ask({ key }: Reader, { field, paged }: Asked): Promise<unknown[]> {
    const pages: unknown[] = []
    for (let after = ''; ; ) {
      const question = after ? field.replace('first: 5, ', `first: 5, after: "${after}", `) : field
      const { data, errors } = await this.gateway.ask(key, `{ answer: ${question} }`)
      if (errors) {
        // A question that is refused names what is wrong with it; anything else is no answer to judge by.
        if (!errors[0]!.extensions?.field) throw new Error(`${errors[0]!.message}: ${question}`)
        this.#refused++
        return pages
      }
      pages.push(data)
      after = paged && data.answer.pageInfo.hasNextPage ? data.answer.pageInfo.endCursor : ''
      if (!after) return pages
    }
  }

  #learn(reader: Reader, { mask, field }: Asked, data: unknown): void {
    const { urns, phases } = this.#stage.setting
    const { told, rated, standardised } = readAnswer(data, { urns, phases, mask: mask & reader.mask })
    const { running, released } = this.#stage
    const stateOf = (year: number, release: string | undefined) =>
      release ? released.get(release) : running.get(year)
    for (const { place, low, high, year, release } of told) {
      const state = stateOf(year, release)
      const knowledge = this.years.get(year)
      if (!state || !knowledge) continue
      const figure = { ...place, state }
      if (!knowledge.has(figure)) continue
      this.#numbers++
      const truth = knowledge.truth[knowledge.at(figure)]!
      if (truth < low || truth > high)
        throw new Error(
          `${keyOf(figure)} is ${truth}, not ${low} to ${high} as ${reader.name} was told: ${field}`,
        )
      if (reader.lead === undefined) knowledge.system.learn(knowledge.at(figure), low, high)
      else {
        const own = this.#told.get(reader.lead) ?? []
        this.#told.set(reader.lead, own)
        own.push({ year, figure, low, high })
      }
    }
    if (reader.lead === undefined) for (const one of standardised) this.#standardised(one)
    for (const { place, of, share, year, release } of reader.lead === undefined ? rated : []) {
      const state = stateOf(year, release)
      const knowledge = this.years.get(year)
      if (!state || !knowledge?.has({ ...place, state })) continue
      this.#numbers++
      knowledge.system.row(
        [
          [knowledge.at({ ...place, state }), 1],
          [knowledge.at({ ...of, state }), -share],
        ],
        -1e-6,
        1e-6,
      )
    }
  }

  /** Only where the rolls that it is weighed by are known. */
  #standardised(one: Standardised): void {
    const knowledge = this.years.get(one.year)
    const { running, released } = this.#stage
    const state = one.release ? released.get(one.release) : running.get(one.year)
    if (!knowledge || !state) return
    const { metric, mask, dimension, rate, expected, per } = one
    const period = `year ${one.year}`
    const terms: [number, number][] = []
    let weights = 0
    for (const value of attacked[metric]![dimension]!) {
      const by = `${dimension}=${value}`
      const roll = (of: number) => knowledge.pinned({ metric: 'headcount', mask: of, period, by, state })
      const [own, all] = [roll(mask), roll(knowledge.all)]
      if (!own || !all) return
      weights += all
      const counted = (of: number) => knowledge.at({ metric, mask: of, period, by, state })
      if (!knowledge.has({ metric, mask, period, by, state })) return
      terms.push(rate === undefined ? [counted(knowledge.all), own / all] : [counted(mask), all / own])
    }
    const sum = rate === undefined ? expected! : (rate * weights) / per
    this.#numbers++
    knowledge.system.row(terms, sum - 1e-6 * (1 + sum), sum + 1e-6 * (1 + sum))
  }

  #judge(program: number, { reader, asked }: Program): void {
    for (const [year, knowledge] of this.years) {
      const { system } = knowledge
      const secrets = this.#secrets.get(year)!
      for (const at of system.settle()) {
        this.#check(knowledge, at, asked)
        if (!secrets.has(at)) continue
        const verdict = judged(knowledge, at, system.low[at]!, system.high[at]!)
        if (verdict === 'safe') continue
        secrets.delete(at)
        const isSince = isDifference(knowledge.figures[at]!.state)
        if (isSince) this.#exposedSince++
        else this.#exposed++
        const leaks = isSince ? this.since : this.leaks
        if (leaks.length >= mostLeaks) continue
        leaks.push({
          ...{ program, stage: this.#stage.name, reader: reader.name, verdict },
          figure: `${keyOf(knowledge.figures[at]!)} is ${knowledge.truth[at]}, told ${system.low[at]} to ${system.high[at]}`,
          because: this.#because(knowledge, at),
          asked: asked.map(({ field }) => field.replace(/\) \{[\s\S]*/, ')')),
        })
      }
    }
  }

  #because({ system, figures }: Knowledge, at: number): string[] {
    const lines: string[] = []
    const seen = new Set<string>()
    const queue = [
      { figure: at, bound: 'high' as 'low' | 'high' },
      { figure: at, bound: 'low' as const },
    ]
    for (const { figure, bound } of queue) {
      const key = `${figure} ${bound}`
      if (seen.has(key) || lines.length >= mostReasons) continue
      seen.add(key)
      const from = system.reason(figure, bound)
      const value = system[bound][figure]
      if (bound === 'high' ? value === unbounded : value === 0) continue
      const to = (from ?? []).filter(
        (one) => system[one.bound][one.figure] !== (one.bound === 'high' ? unbounded : 0),
      )
      lines.push(
        `${keyOf(figures[figure]!)} ${bound === 'low' ? 'at least' : 'at most'} ${value}${from ? ` from ${to.map((one) => keyOf(figures[one.figure]!)).join(', ') || 'nothing'}` : ': told'}`,
      )
      queue.push(...to)
    }
    return lines
  }

  /**
   * A sample of what is still open, by linear programming over the same knowledge.
   * @param size of each year
   */
  async linear(size: number): Promise<{ asked: number; exposed: number }> {
    const result = { asked: 0, exposed: 0 }
    for (const [year, knowledge] of this.years) {
      const open = [...this.#secrets.get(year)!]
      const asked = Array.from({ length: Math.min(size, open.length) }, () => {
        const [one] = open.splice(Math.floor(this.#random() * open.length), 1)
        return one!
      })
      for (const [at, { low, high }] of await linearBounds(knowledge.system, asked)) {
        result.asked++
        const truth = knowledge.truth[at]!
        if (low > truth || high < truth)
          throw new Error(`${keyOf(knowledge.figures[at]!)}: ${low} to ${high}`)
        if (judged(knowledge, at, low, high) !== 'safe') result.exposed++
      }
    }
    return result
  }

  /** What is true must lie within its bounds: else the attack has misunderstood an answer. */
  #check({ system, truth, figures }: Knowledge, at: number, asked: readonly Asked[]): void {
    if (system.low[at]! <= truth[at]! && system.high[at]! >= truth[at]!) return
    throw new Error(
      `what is true cannot be: ${keyOf(figures[at]!)} is ${truth[at]}, not ${system.low[at]} to ${system.high[at]}; ${asked.map(({ field }) => field.slice(0, 300)).join(' ')}`,
    )
  }

  /** What each school's lead learns of others, who knows the own school besides, at all times, and what it was told. */
  leads(): { exposedToLeads: number; exposedSinceToLeads: number } {
    let [found, foundSince] = [0, 0]
    for (const [year, knowledge] of this.years) {
      const { system, figures, truth, schools } = knowledge
      const secrets = this.#secrets.get(year)!
      const before = system.save()
      for (const i of schools.keys()) {
        figures.forEach(({ mask }, at) => {
          if (mask === 2 ** i) system.learn(at, truth[at]!, truth[at]!)
        })
        for (const one of this.#told.get(i) ?? [])
          if (one.year === year) system.learn(knowledge.at(one.figure), one.low, one.high)
        for (const at of system.settle()) {
          this.#check(knowledge, at, [])
          if (!secrets.has(at) || figures[at]!.mask === 2 ** i) continue
          const verdict = judged(knowledge, at, system.low[at]!, system.high[at]!)
          if (verdict === 'safe') continue
          const isSince = isDifference(figures[at]!.state)
          if (isSince) foundSince++
          else found++
          const leaks = isSince ? this.since : this.leaks
          if (leaks.length < mostLeaks)
            leaks.push({
              ...{
                program: -1,
                stage: 'end',
                reader: `lead of ${i}`,
                verdict,
                asked: [],
                because: this.#because(knowledge, at),
              },
              figure: `${keyOf(figures[at]!)} is ${truth[at]}, told ${system.low[at]} to ${system.high[at]}`,
            })
        }
        system.restore(before)
      }
    }
    return { exposedToLeads: found, exposedSinceToLeads: foundSince }
  }
}
