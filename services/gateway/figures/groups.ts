import { phaseLabels, type School } from '../directory.ts'
import type { Place } from './question.ts'

/** Schools that a figure is drawn over together. */
export interface Group {
  /** Names the group towards the warehouse; from 1. */
  readonly number: number
  readonly authority?: number
  readonly phase?: string
  readonly school?: School
  readonly schools: readonly School[]
  /** Where it stands among the groups. */
  readonly place: string
}

/** Sorts schools into the groups that a question asks for. A school's own group shows its authority and phase too. */
export function groupSchools(schools: readonly School[], places: ReadonlySet<Place>): Group[] {
  const sorted = new Map<string, School[]>()
  for (const school of schools) {
    const place = placeOf(school, places)
    const group = sorted.get(place)
    if (group) group.push(school)
    else sorted.set(place, [school])
  }
  return [...sorted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([place, members], i) => {
      const [one] = members
      const bySchool = places.has('school')
      return {
        number: i + 1,
        ...(bySchool || places.has('authority') ? { authority: one!.authority } : {}),
        ...(bySchool || places.has('phase') ? { phase: one!.phase } : {}),
        ...(bySchool ? { school: one! } : {}),
        schools: members,
        place,
      }
    })
}

const phaseOrder = Object.keys(phaseLabels)

function placeOf(school: School, places: ReadonlySet<Place>): string {
  const authority = places.has('authority') || places.has('school') ? school.authority : ''
  const phase = places.has('phase') ? phaseOrder.indexOf(school.phase) : ''
  return `${authority}/${phase}/${places.has('school') ? school.urn : ''}`
}
