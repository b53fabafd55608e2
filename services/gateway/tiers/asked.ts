import { type Domain, domains, weekIndex } from '@cairn/mtss'
import { refused } from '../errors.ts'

/** @throws GraphQLError naming the argument */
export function domainOf(text: string): Domain {
  if (!(domains as readonly string[]).includes(text)) throw refused('domain', `one of ${domains.join(', ')}`)
  return text as Domain
}

/** @throws GraphQLError naming the argument */
export function weekOf(field: string, text: string): number {
  const week = /^\d{4}-\d\d-\d\d$/.test(text) ? weekIndex(text) : Number.NaN
  if (!(week > 0 && week < 65_000)) throw refused(field, 'an ISO date')
  return week
}

/** @throws GraphQLError naming the argument */
export function dayOf(field: string, text: string): string {
  weekOf(field, text)
  return text
}
