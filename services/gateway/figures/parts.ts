import type { School } from '../directory.ts'
import type { Group } from './groups.ts'

/** Stands for an authority's figure among those of its schools. */
export const whole = 0

/** What a figure across schools is summed from: a school, or all own schools of an authority together. */
export interface Part {
  readonly authority: number
  /** URN, or `whole`. */
  readonly school: number
  readonly schools: readonly School[]
}

/**
 * A whole authority where a group has all of its schools, else single schools. `own` are all that there are, in all of the
 * reader's authorities; undefined where the reader may not see what is summed over them.
 */
export function splitOf({ own }: { readonly own: readonly School[] | undefined }, group: Group): Part[] {
  const byAuthority = new Map<number, School[]>()
  for (const school of group.schools)
    byAuthority.set(school.authority, [...(byAuthority.get(school.authority) ?? []), school])
  return [...byAuthority].flatMap(([authority, schools]) =>
    !group.school && own?.filter((one) => one.authority === authority).length === schools.length
      ? [{ authority, school: whole, schools }]
      : schools.map((school) => ({ authority, school: school.urn, schools: [school] })),
  )
}
