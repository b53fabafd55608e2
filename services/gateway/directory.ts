import type { Scope } from '@cairn/access'
import type { Authority, ControlPlane, Phase, School } from '@cairn/control-plane'
import { ownSchool, type Profile, strictestOf } from '@cairn/disclosure'
import type { CalendarWeek } from './figures/periods.ts'

export type { Authority, School }

/** Phases in words, as Explore Education Statistics has them. */
export const phaseLabels: Readonly<Record<Phase, string>> = {
  NS: 'Nursery',
  PS: 'Primary',
  MP: 'Middle deemed primary',
  MS: 'Middle deemed secondary',
  SS: 'Secondary',
  AT: 'All-through',
  SP: 'Special',
  PR: 'Alternative provision',
}

const heldForMs = 3_000

/**
 * What the control plane knows of authorities, schools and terms, remembered for a few seconds. It is kept by
 * authority; every way out takes a Scope and gives what lies in it.
 */
export class Directory {
  readonly #controlPlane: ControlPlane
  readonly #now: () => number
  readonly #held = new Map<string, { until: number; value: Promise<unknown> }>()

  constructor(controlPlane: ControlPlane, now: () => number = Date.now) {
    this.#controlPlane = controlPlane
    this.#now = now
  }

  /** Authorities of the scope, by code. */
  async authorities(scope: Scope): Promise<Authority[]> {
    const all = await this.#hold('authorities', () => this.#controlPlane.authorities.list())
    return all.filter((a) => scope.authorities.includes(a.code))
  }

  /** What a school's lead is told of the own schools is decided by: own-school, in the form of the schools' authorities. */
  async ownProfile({ authorities }: Scope): Promise<Profile> {
    const { profiles } = this.#controlPlane
    const each = authorities.map((code) =>
      this.#hold(`profile ${code}`, () => profiles.newest(code, ownSchool)),
    )
    return each.length === 0 ? ownSchool : strictestOf(await Promise.all(each))
  }

  /** Schools of the scope, by authority and URN. */
  async schools(scope: Scope): Promise<School[]> {
    const lists = await this.#each('schools', scope.authorities, (missing) => this.#schoolsOf(missing))
    const mine = scope.schools === 'all' ? undefined : new Set(scope.schools)
    return lists.flat().filter((school) => !mine || mine.has(school.urn))
  }

  /** Term calendars of the scope's authorities: every week of these academic years, and what it counts to. */
  async calendars(scope: Scope, years: readonly number[]): Promise<(readonly CalendarWeek[])[]> {
    const span = { from: Math.min(...years), to: Math.max(...years) }
    return this.#each(`calendars ${span.from} ${span.to}`, scope.authorities, async (missing) => {
      const weeks = await this.#controlPlane.calendars.weeks(missing, span)
      return new Map(weeks.filter((w) => w.school === 0).map((w) => [w.authority, w.weeks]))
    })
  }

  async #schoolsOf(authorities: readonly number[]): Promise<Map<number, School[]>> {
    const schools = new Map<number, School[]>(authorities.map((code) => [code, []]))
    for (const school of await this.#controlPlane.schools.list(authorities))
      schools.get(school.authority)!.push(school)
    return schools
  }

  /** One value an authority, asking once for all that are not held. */
  #each<T>(
    kind: string,
    authorities: readonly number[],
    ask: (missing: readonly number[]) => Promise<ReadonlyMap<number, T>>,
  ): Promise<T[]> {
    const missing = authorities.filter((code) => !this.#fresh(`${kind} ${code}`))
    const asked = missing.length > 0 ? ask(missing) : undefined
    return Promise.all(
      authorities.map((code) => this.#hold(`${kind} ${code}`, () => asked!.then((all) => all.get(code)!))),
    )
  }

  #fresh(name: string): boolean {
    return (this.#held.get(name)?.until ?? 0) > this.#now()
  }

  #hold<T>(name: string, ask: () => Promise<T>): Promise<T> {
    if (this.#fresh(name)) return this.#held.get(name)!.value as Promise<T>
    const value = ask()
    this.#held.set(name, { until: this.#now() + heldForMs, value })
    value.catch(() => this.#held.delete(name))
    return value
  }
}
