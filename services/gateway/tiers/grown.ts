import { mayTell, type Parts, together } from '../support/among.ts'

/** By URN; schools that have nothing may be left out. */
export type PartsBySchool = ReadonlyMap<number, Parts>

/**
 * Whether counts that only grow, as of stays that ever began, may be told to readers across schools: by how much they grew
 * since an earlier year's answer is told with them. So it must be enough in itself, since the year before, and of every part
 * that there was before: then it is since any earlier year.
 */
export function mayTellGrown(now: PartsBySchool, before: PartsBySchool): boolean {
  const reader = { isOwnSchool: false }
  const schools = [...new Set([...now.keys(), ...before.keys()])]
  const grown = schools.map((school) => {
    const [own, past] = [now.get(school) ?? [], before.get(school) ?? []]
    return (own.length > 0 ? own : past).map((_, i) => (own[i] ?? 0) - (past[i] ?? 0))
  })
  const were = together([...before.values()])
  return (
    mayTell(reader, [...now.values()]) &&
    mayTell(reader, grown) &&
    together(grown).every((n, i) => n > 0 || !were[i])
  )
}
