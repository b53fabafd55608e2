import { System } from '../api/system.ts'
import { characteristics, contextAt, type HalfTerm, type Pupil, reasons, tierAt } from './world.ts'

/** What kind of secret a figure is, if it is one: a count, a denominator, or what came between two answers. */
export type Kind = 'count' | 'whole' | 'since' | 'no secret'

export interface TierFigure {
  readonly key: string
  /** Place of the school among the schools; -1: all of them together. */
  readonly unit: number
  readonly kind: Kind
  readonly truth: number
}

export const everySchool = -1
const tiers = [1, 2, 3]
const states = [0, 1, 2, 3]

/** Numbers of one domain that follow from its pupils, of each school and of all, and what holds between them whatever they are. */
export class KnownTiers {
  readonly system = new System()
  readonly figures: TierFigure[] = []
  readonly #index = new Map<string, number>()
  /** Weeks that half-terms end in. */
  readonly #ends: readonly number[]
  readonly #units: readonly number[]

  constructor(
    readonly pupils: readonly Pupil[],
    readonly halfTerms: readonly HalfTerm[],
    schools: number,
  ) {
    this.#ends = halfTerms.map(({ last }) => last)
    this.#units = [everySchool, ...Array.from({ length: schools }, (_, i) => i)]
    this.#mixes()
    this.#movements()
    this.#chains()
    this.#counted()
    this.#stays()
  }

  has(unit: number, name: string): boolean {
    return this.#index.has(`${unit} ${name}`)
  }

  at(unit: number, name: string): number {
    const at = this.#index.get(`${unit} ${name}`)
    if (at === undefined) throw new Error(`no such figure: ${unit} ${name}`)
    return at
  }

  /** What an answer says, of one figure or of several together. */
  learn(unit: number, names: readonly string[], value: number): void {
    const all = names.map((name) => this.at(unit, name))
    const truth = all.reduce((so, at) => so + this.figures[at]!.truth, 0)
    if (truth !== value) throw new Error(`${names.join(' + ')} of ${unit}: told ${value}, is ${truth}`)
    if (all.length === 1) this.system.learn(all[0]!, value, value)
    else
      this.system.row(
        all.map((at) => [at, 1] as const),
        value,
        value,
      )
  }

  #add(unit: number, name: string, kind: Kind, truth: number): number {
    const at = this.system.figure()
    this.#index.set(`${unit} ${name}`, at)
    this.figures.push({ key: name, unit, kind, truth })
    return at
  }

  /** A figure of each school and of all, which it adds up to. */
  #everywhere(name: string, kind: Kind, truthOf: (school: number) => number): void {
    const truths = this.#units.slice(1).map(truthOf)
    const all = this.#add(
      everySchool,
      name,
      kind,
      truths.reduce((so, n) => so + n, 0),
    )
    this.system.sum(
      all,
      truths.map((truth, school) => this.#add(school, name, kind, truth)),
    )
  }

  #sumAt(unit: number, whole: string, parts: readonly string[]): void {
    this.system.sum(
      this.at(unit, whole),
      parts.map((part) => this.at(unit, part)),
    )
  }

  /** Pupils by tier as at the end of each half-term, of everyone and by each characteristic; all but those of a tier besides. */
  #mixes(): void {
    const values = [
      ['', ''] as const,
      ...Object.entries(characteristics).flatMap(([by, all]) => all.map((value) => [by, value] as const)),
    ]
    for (const [e, week] of this.#ends.entries()) {
      const counts = new Map<string, number>()
      for (const pupil of this.pupils) {
        const tier = tierAt(pupil, week)
        const context = contextAt(pupil, week)
        if (tier === 0 || !context) continue
        for (const [by, value] of values)
          if (by === '' || context.of[by as keyof typeof characteristics] === value)
            for (const name of [
              `${tier}`,
              'all',
              ...tiers.filter((t) => t !== tier).map((t) => `but ${t}`),
            ]) {
              const key = `${context.school} ${mixName(e, by, value, name)}`
              counts.set(key, (counts.get(key) ?? 0) + 1)
            }
      }
      for (const name of ['1', '2', '3', 'all', 'but 1', 'but 2', 'but 3']) {
        const kind = name === 'all' ? 'whole' : 'count'
        for (const [by, value] of values) {
          const own = mixName(e, by, value, name)
          this.#everywhere(own, kind, (school) => counts.get(`${school} ${own}`) ?? 0)
        }
        for (const unit of this.#units)
          for (const [by, all] of Object.entries(characteristics))
            this.#sumAt(
              unit,
              mixName(e, '', '', name),
              all.map((value) => mixName(e, by, value, name)),
            )
      }
      for (const unit of this.#units)
        for (const [by, value] of values) {
          const own = (name: string) => mixName(e, by, value, name)
          this.#sumAt(
            unit,
            own('all'),
            tiers.map((t) => own(`${t}`)),
          )
          for (const t of tiers)
            this.#sumAt(
              unit,
              own(`but ${t}`),
              tiers.filter((o) => o !== t).map((o) => own(`${o}`)),
            )
        }
    }
  }

  /** From one end to a later one, 0 for none; of all schools together who has changed school has moved within. */
  #movements(): void {
    const schools = this.#units.slice(1)
    for (const [e, f] of this.#pairs()) {
      const counts = new Map<string, number>()
      const count = (unit: number, x: number, y: number, name = 'move') => {
        const key = `${unit} ${name} ${e} ${f} ${x} ${y}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      for (const pupil of this.pupils) {
        const [x, y] = [tierAt(pupil, this.#ends[e]!), tierAt(pupil, this.#ends[f]!)]
        if (y === 0) continue
        const [from, to] = [
          contextAt(pupil, this.#ends[e]!)?.school,
          contextAt(pupil, this.#ends[f]!)!.school,
        ]
        count(everySchool, x, y)
        if (x === 0 || from === to) count(to, x, y)
        else {
          count(from!, x, 0)
          count(to, 0, y)
          count(everySchool, x, y, 'changed')
        }
      }
      for (const [x, y] of cells) {
        const name = `move ${e} ${f} ${x} ${y}`
        for (const unit of this.#units) this.#add(unit, name, 'count', counts.get(`${unit} ${name}`) ?? 0)
        if (x === 0 || y === 0) continue
        const changed = `changed ${e} ${f} ${x} ${y}`
        this.#add(everySchool, changed, 'no secret', counts.get(`${everySchool} ${changed}`) ?? 0)
        this.system.sum(this.at(everySchool, name), [
          this.at(everySchool, changed),
          ...schools.map((unit) => this.at(unit, name)),
        ])
      }
      for (const t of tiers) {
        const gone = states.slice(1).map((y) => this.at(everySchool, `changed ${e} ${f} ${t} ${y}`))
        const come = states.slice(1).map((x) => this.at(everySchool, `changed ${e} ${f} ${x} ${t}`))
        for (const [name, moved] of [
          [`move ${e} ${f} ${t} 0`, gone],
          [`move ${e} ${f} 0 ${t}`, come],
        ] as const)
          this.system.row(
            [
              ...schools.map((unit) => [this.at(unit, name), 1] as const),
              [this.at(everySchool, name), -1],
              ...moved.map((at) => [at, -1] as const),
            ],
            0,
            0,
          )
        for (const unit of this.#units) {
          this.#sumAt(
            unit,
            mixName(e, '', '', `${t}`),
            states.map((y) => `move ${e} ${f} ${t} ${y}`),
          )
          this.#sumAt(
            unit,
            mixName(f, '', '', `${t}`),
            states.map((x) => `move ${e} ${f} ${x} ${t}`),
          )
        }
      }
    }
  }

  /** Who was where at three ends adds up to the three movements between them. */
  #chains(): void {
    for (const [e, f] of this.#pairs())
      for (let g = f + 1; g < this.#ends.length; g++) {
        const counts = new Map<string, number>()
        for (const pupil of this.pupils) {
          const key = [e, f, g].map((end) => tierAt(pupil, this.#ends[end]!)).join(' ')
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
        const name = (x: number, y: number, z: number) => `chain ${e} ${f} ${g} ${x} ${y} ${z}`
        for (const x of states)
          for (const [y, z] of [...cells, [0, 0] as const])
            if (x + y + z > 0)
              this.#add(everySchool, name(x, y, z), 'no secret', counts.get(`${x} ${y} ${z}`) ?? 0)
        for (const [x, y] of cells) {
          this.#sumAt(
            everySchool,
            `move ${e} ${f} ${x} ${y}`,
            states.map((z) => name(x, y, z)),
          )
          this.#sumAt(
            everySchool,
            `move ${f} ${g} ${x} ${y}`,
            states.map((z) => name(z, x, y)),
          )
          this.#sumAt(
            everySchool,
            `move ${e} ${g} ${x} ${y}`,
            states.map((z) => name(x, z, y)),
          )
        }
      }
  }

  /** Exits by reason and decisions against recommendations of each half-term and year, which add up over time. */
  #counted(): void {
    for (const [h, halfTerm] of this.halfTerms.entries()) {
      const within = (week: number) => week >= halfTerm.first && week <= halfTerm.last
      const exits = this.pupils.flatMap(({ exits }) => exits).filter(({ week }) => within(week))
      for (const reason of reasons)
        this.#everywhere(
          `exits ${h} ${reason}`,
          'count',
          (school) => exits.filter((one) => one.school === school && one.reason === reason).length,
        )
      const decided = this.pupils.flatMap((pupil) =>
        pupil.episodes.flatMap((one) =>
          one.assigned > 0 && within(one.from)
            ? [{ ...one, school: contextAt(pupil, one.from)!.school }]
            : [],
        ),
      )
      for (const r of tiers)
        for (const a of tiers)
          this.#everywhere(
            `decided ${h} ${r} ${a}`,
            'count',
            (school) =>
              decided.filter((one) => one.school === school && one.recommended === r && one.assigned === a)
                .length,
          )
      // Who leaves a tier is assigned the first.
      for (const unit of this.#units)
        this.system.row(
          [
            ...tiers.map((r) => [this.at(unit, `decided ${h} ${r} 1`), 1] as const),
            ...reasons.map((reason) => [this.at(unit, `exits ${h} ${reason}`), -1] as const),
          ],
          0,
          2 ** 31,
        )
    }
    const years = [...new Set(this.halfTerms.map(({ year }) => year))]
    for (const year of years) {
      const own = this.halfTerms.flatMap((one, h) => (one.year === year ? [h] : []))
      for (const name of [
        ...reasons.map((one) => `exits # ${one}`),
        ...cellsOfDecisions.map((one) => `decided # ${one}`),
      ])
        this.#total(
          `year ${year} ${name}`,
          'count',
          own.map((h) => name.replace('#', `${h}`)),
        )
    }
    const spans = [...this.halfTerms.keys()].map(String)
    for (const span of [...spans, ...years.map((year) => `year ${year}`)]) {
      const of = (name: string) => (span.startsWith('year') ? `${span} ${name}` : name.replace('#', span))
      this.#total(
        of('exits # all'),
        'whole',
        reasons.map((one) => of(`exits # ${one}`)),
      )
      const decided = (isAgreed: boolean) =>
        cellsOfDecisions
          .filter((one) => (one[0] === one[2]) === isAgreed)
          .map((one) => of(`decided # ${one}`))
      this.#total(of('decided # agreed'), 'count', decided(true))
      this.#total(of('decided # otherwise'), 'count', decided(false))
      this.#total(of('decided # all'), 'whole', [of('decided # agreed'), of('decided # otherwise')])
    }
  }

  /** What others add up to, of each school and of all. */
  #total(name: string, kind: Kind, parts: readonly string[]): void {
    for (const unit of this.#units) {
      const truth = parts.reduce((so, part) => so + this.figures[this.at(unit, part)]!.truth, 0)
      this.#add(unit, name, kind, truth)
      this.#sumAt(unit, name, parts)
    }
  }

  /**
   * Stays in a tier that began up to an end, and falls to tier 1 that were two terms old by then: of all schools they only
   * grow, and by how few is a secret too.
   */
  #stays(): void {
    const starts = (pupil: Pupil, week: number) =>
      pupil.episodes.filter(({ from, tier }, i) => from <= week && tier !== pupil.episodes[i - 1]?.tier)
    for (const [e, week] of this.#ends.entries()) {
      const at = (school: number) => this.pupils.filter((one) => contextAt(one, week)?.school === school)
      const bySchool = this.#units.slice(1).map(at)
      for (const t of tiers) {
        this.#everywhere(`stays ${e} ${t}`, 'count', (school) =>
          bySchool[school]!.reduce(
            (so, one) => so + starts(one, week).filter(({ tier }) => tier === t).length,
            0,
          ),
        )
        for (const unit of this.#units)
          this.system.atMost(this.at(unit, mixName(e, '', '', `${t}`)), this.at(unit, `stays ${e} ${t}`))
      }
      const falls = (pupil: Pupil) => {
        const runs = starts(pupil, week)
        const old = runs.flatMap((run, i) =>
          i > 0 && run.tier === 1 && run.from + twoTerms <= week ? [i] : [],
        )
        const isBack = (i: number) =>
          (runs[i + 1]?.from ?? Number.POSITIVE_INFINITY) - runs[i]!.from <= twoTerms
        return { old: old.length, back: old.filter(isBack).length }
      }
      const sum = (school: number, of: (found: ReturnType<typeof falls>) => number) =>
        bySchool[school]!.reduce((so, pupil) => so + of(falls(pupil)), 0)
      this.#everywhere(`falls ${e} returned`, 'count', (school) => sum(school, ({ back }) => back))
      this.#everywhere(`falls ${e} stayed`, 'count', (school) => sum(school, ({ old, back }) => old - back))
      this.#total(`falls ${e} all`, 'whole', [`falls ${e} returned`, `falls ${e} stayed`])
    }
    const ends = [...this.#ends.keys()]
    const yearEnds = ends.filter((e) => this.halfTerms[e]!.year !== this.halfTerms[e + 1]?.year)
    for (const steps of [ends, yearEnds.length < ends.length ? yearEnds : []])
      for (const [i, e] of steps.slice(0, -1).entries()) this.#since(e, steps[i + 1]!)
  }

  #since(e: number, f: number): void {
    for (const name of [...tiers.map((t) => `stays # ${t}`), 'falls # returned', 'falls # stayed']) {
      const [before, after] = [e, f].map((end) => this.at(everySchool, name.replace('#', `${end}`)))
      const truth = this.figures[after!]!.truth - this.figures[before!]!.truth
      const since = this.#add(everySchool, `since ${e}: ${name.replace('#', `${f}`)}`, 'since', truth)
      this.system.sum(after!, [before!, since])
      const tier = Number(name.split(' ')[2])
      if (!tier) continue
      const entered = states.filter((x) => x !== tier)
      this.system.row(
        [
          [since, 1],
          ...entered.map((x) => [this.at(everySchool, `move ${e} ${f} ${x} ${tier}`), -1] as const),
        ],
        0,
        2 ** 31,
      )
    }
  }

  #pairs(): [number, number][] {
    return this.#ends.flatMap((_, f) => Array.from({ length: f }, (_, e): [number, number] => [e, f]))
  }
}

const twoTerms = 26
const cells = states.flatMap((x) => states.filter((y) => x + y > 0).map((y) => [x, y] as const))
export const cellsOfDecisions = tiers.flatMap((r) => tiers.map((a) => `${r} ${a}`))

export const mixName = (end: number, by: string, value: string, tier: string): string =>
  `mix ${end} ${by}=${value} ${tier}`
