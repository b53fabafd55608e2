import type { Scope } from '@cairn/access'
import { baseOf, type CubeProfile, DisclosureError, standard } from '@cairn/disclosure'
import type { Warehouse } from '../client.ts'
import { type ReleaseInfo, readReleases } from '../releases.ts'
import { readProfile } from './write.ts'

export interface ProfileSources {
  readonly warehouse: Warehouse
  readonly controlPlane: {
    readonly profiles: { newest(authority: number, base: CubeProfile): Promise<CubeProfile> }
  }
}

export interface ProfileRequest {
  /** The operator's, over the authority. */
  readonly scope: Scope
  readonly authority: number
  /** Academic year by its starting year. */
  readonly year: number
  /** As shipped; absent, that of the year, of the year before, or `standard`. */
  readonly base?: CubeProfile | undefined
}

/**
 * Under which profile a year is released next. A year stays under the one that it began with, as two patterns of hidden
 * figures over the same numbers tell more than either; a new one begins with the authority's newest form of it.
 * @throws DisclosureError where the last release is stamped with a profile that is not known
 */
export async function profileToClose(
  { warehouse, controlPlane }: ProfileSources,
  { scope, authority, year, base }: ProfileRequest,
): Promise<CubeProfile> {
  const found = (await readReleases(warehouse, scope, [year - 1, year])).filter(
    (one) => one.authority === authority,
  )
  const last = found.at(-1)
  const before = last && baseOf(last.profile)
  if (last && !before) throw unknown(last)
  if (last?.year === year && (base ?? before) === before) {
    const profile = await readProfile(warehouse, last)
    if (!profile) throw unknown(last)
    return profile
  }
  return controlPlane.profiles.newest(authority, base ?? before ?? standard)
}

const unknown = ({ profile }: ReleaseInfo) =>
  new DisclosureError('profile', `is one that is known; the last release has ${profile}`)
