import { System } from '../api/system.ts'

/** By `unit | period | path`: the unit is the schools together, as a mask; the path names what was counted of whom. */
export type Numbers = Map<string, number>

export const periods = [
  { id: 'year', args: 'grain: ACADEMIC_YEAR, academicYears: ["202425"]', of: '' },
  ...[1, 2, 3].map((term) => ({
    ...{ id: `term ${term}`, of: 'year' },
    args: `grain: TERM, academicYears: ["202425"], index: [${term}]`,
  })),
  ...[1, 2, 3, 4, 5, 6].map((index) => ({
    ...{ id: `half-term ${index}`, of: `term ${Math.ceil(index / 2)}` },
    args: `grain: HALF_TERM, academicYears: ["202425"], index: [${index}]`,
  })),
]

/** What a reader makes use of, besides that schools and parts add up. */
export interface Relations {
  /** Half-terms add up to terms, terms to the year. */
  readonly periods: boolean
  /** Kinds of intervention, told apart in several ways, add up to the same. */
  readonly kinds: boolean
  /** Pupils told apart add up to all of them. */
  readonly pupils: boolean
}

type Line = readonly [plus: readonly number[], minus: readonly number[]]

/** Figures of support by name, what binds them, and what is known of them. */
export class Known {
  readonly system = new System()
  readonly keys: string[] = ['nothing']
  readonly truth: number[] = [0]
  readonly #index = new Map<string, number>()
  readonly #zero = this.system.figure(0, 0)

  add(key: string, value: number): void {
    const at = this.#index.get(key)
    if (at !== undefined && this.truth[at] !== value) throw new Error(`two readers are told of one: ${key}`)
    if (at !== undefined) return
    this.#index.set(key, this.system.figure())
    this.keys.push(key)
    this.truth.push(value)
  }

  /** What stands in no answer is nothing. */
  at(mask: number | string, period: string, path: string): number {
    return this.#index.get(`${mask} | ${period} | ${path}`) ?? this.#zero
  }

  learn(key: string, value: number): void {
    const at = this.#index.get(key)!
    if (this.truth[at] !== value) throw new Error(`${key}: told ${value}, is ${this.truth[at]}`)
    this.system.learn(at, value, value)
  }

  /** Schools to readers' own wholes, half-terms to terms and years, parts to wholes, and one way to tell kinds apart to another. */
  relateAll(groups: readonly (readonly number[])[], by: Relations): void {
    const paths = new Set(this.keys.slice(1).map((key) => key.split(' | ')[2]!))
    const masks = new Set(this.keys.slice(1).map((key) => key.split(' | ')[0]!))
    for (const path of paths) {
      for (const schools of groups)
        this.#relate(
          periods.map(({ id }) => [
            [this.at(maskOf(schools), id, path)],
            schools.map((i) => this.at(2 ** i, id, path)),
          ]),
        )
      for (const { id } of by.periods ? periods : []) {
        const within = periods.filter(({ of }) => of === id)
        if (within.length > 0)
          this.#relate(
            [...masks].map((mask) => [
              [this.at(mask, id, path)],
              within.map((one) => this.at(mask, one.id, path)),
            ]),
          )
      }
      if (path.endsWith(' numerator')) this.#rest(path, masks)
    }
    if (by.pupils) this.#pupils(paths, masks)
    if (by.kinds) this.#kinds(paths, masks)
  }

  /** Only where it holds of all units alike: then it does so by what the numbers mean, as their definitions tell anybody. */
  #relate(lines: readonly Line[]): void {
    const sum = (of: readonly number[]) => of.reduce((so, at) => so + this.truth[at]!, 0)
    if (lines.some(([plus, minus]) => sum(plus) !== sum(minus))) return
    for (const [plus, minus] of lines) {
      const terms = [...plus.map((at) => [at, 1] as const), ...minus.map((at) => [at, -1] as const)].filter(
        ([at]) => at !== this.#zero,
      )
      if (terms.length > 0) this.system.row(terms, 0, 0)
    }
  }

  /** All but a part are as telling as the part. */
  #rest(path: string, masks: ReadonlySet<string>): void {
    const [denominator, rest] = ['denominator', 'rest'].map((name) => path.replace(/numerator$/, name))
    for (const mask of masks)
      for (const { id } of periods) {
        const [whole, part] = [this.at(mask, id, denominator!), this.at(mask, id, path)]
        if (whole === this.#zero) continue
        const key = `${mask} | ${id} | ${rest}`
        if (path.includes('pupils=') && id !== 'year') continue
        this.add(key, this.truth[whole]! - this.truth[part]!)
        this.system.sum(whole, [part, this.#index.get(key)!])
      }
  }

  /** Values of a characteristic to all pupils. */
  #pupils(paths: ReadonlySet<string>, masks: ReadonlySet<string>): void {
    const tables = new Map<string, string[]>()
    for (const path of paths) {
      if (!path.includes('pupils=')) continue
      const table = path.replace(/ pupils=\S+/, '')
      tables.set(table, [...(tables.get(table) ?? []), path])
    }
    for (const [table, values] of tables) {
      const total = table.replace(/,? ?pupilsBy: \w+/, '')
      this.#relate(
        [...masks].map(
          (mask): Line => [[this.at(mask, 'year', total)], values.map((path) => this.at(mask, 'year', path))],
        ),
      )
    }
  }

  #kinds(paths: ReadonlySet<string>, masks: ReadonlySet<string>): void {
    const ways = new Map<string, Map<string, string[]>>()
    for (const path of paths) {
      const [, by] = /\bby: (\w+)/.exec(path) ?? []
      if (!by) continue
      const measure = path.replace(/\bby: \w+/, '').replace(/kind=\w+/, '')
      const own = ways.get(measure) ?? new Map<string, string[]>()
      ways.set(measure, own.set(by, [...(own.get(by) ?? []), path]))
    }
    for (const own of ways.values()) {
      const [first, ...others] = [...own.values()]
      for (const other of others)
        this.#relate(
          [...masks].flatMap((mask) =>
            periods.map(({ id }): Line => {
              const all = (paths: readonly string[]) => paths.map((path) => this.at(mask, id, path))
              return [all(first!), all(other)]
            }),
          ),
        )
    }
  }
}

export const maskOf = (schools: readonly number[]): number => schools.reduce((sum, i) => sum + 2 ** i, 0)
