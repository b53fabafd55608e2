import { narrow, type Scope } from '@cairn/access'
import {
  type ReleaseInfo,
  readReleases,
  releaseFrom,
  releaseName,
  type Warehouse,
  yearFrom,
  yearText,
} from '@cairn/warehouse'
import { refused } from '../errors.ts'
import type { ReleaseType } from './types.ts'

/** Academic years that there can be a release of. */
export const everyYear = Array.from({ length: 111 }, (_, i) => 1990 + i)

/** @throws GraphQLError where it is no academic year */
export function readYear(text: string): number {
  const year = yearFrom(text)
  if (year === undefined)
    throw refused('year', 'six digits of two years in a row, such as 202526, or 2025/26')
  return year
}

/**
 * A release of the scope by its name.
 * @throws GraphQLError where there is none; one outside the scope is none
 */
export async function findRelease(
  warehouse: Warehouse,
  scope: Scope,
  name: string,
  signal: AbortSignal,
): Promise<ReleaseInfo> {
  const asked = releaseFrom(name)
  if (!asked) throw refused('release', 'authority, academic year and number, such as 855/202526/1')
  const mine = narrow(scope, { authorities: [asked.authority] })
  const all = await readReleases(warehouse, mine, [asked.year], signal)
  const found = asked.number === 'latest' ? all.at(-1) : all.find(({ number }) => number === asked.number)
  if (!found) throw refused('release', 'one that there is: ask releases { name }')
  return found
}

/** How much there is in all says how many schools there are: for readers of the whole authority alone. */
export function describeRelease(release: ReleaseInfo, scope: Scope): ReleaseType {
  const isWhole = scope.schools === 'all'
  return {
    name: releaseName(release),
    authorityCode: release.authority,
    timePeriod: yearText(release.year),
    number: release.number,
    through: release.through,
    isComplete: release.isComplete,
    closedAt: release.closedAt,
    profile: release.profile,
    metrics: [...release.definitions].map(([id, definitionId]) => ({ id, definitionId })),
    schools: isWhole ? release.schools : null,
    figures: isWhole ? release.figures : null,
  }
}
