import type { Scope } from '@cairn/access'
import { auditPublished, DisclosureError, type Exposure } from '@cairn/disclosure'
import type { Warehouse } from '../client.ts'
import { type ReleaseInfo, readReleases } from '../releases.ts'
import { publishedIn } from './close.ts'
import { readBasis, readProfile } from './write.ts'

export interface AuditedRelease {
  readonly release: ReleaseInfo
  readonly metrics: readonly Exposure[]
  /** Protected figures that anyone or a school's lead can narrow down too far, over all metrics: 0, or it leaks. */
  readonly exposed: number
  readonly ms: number
}

/**
 * Looks at the newest release of a year as anyone and as the lead of each school. Undefined where there is none.
 * @param pause called after each lead, so that other work goes on
 * @throws DisclosureError where what it was made of, or its profile, is not known
 */
export async function auditRelease(
  warehouse: Warehouse,
  { scope, authority, year }: { scope: Scope; authority: number; year: number },
  pause: () => Promise<void> = async () => undefined,
): Promise<AuditedRelease | undefined> {
  const started = performance.now()
  const all = await readReleases(warehouse, scope, [year])
  const release = all.filter((one) => one.authority === authority).at(-1)
  if (!release) return undefined
  const basis = await readBasis(warehouse, release)
  if (!basis) throw new DisclosureError('release_basis', 'holds what the release was made of')
  const profile = await readProfile(warehouse, release)
  if (!profile) throw new DisclosureError('profile', `is one that is known, not ${release.profile}`)
  const work = auditPublished(basis, profile, await publishedIn(warehouse, scope, release))
  let step = work.next()
  while (!step.done) {
    await pause()
    step = work.next()
  }
  const metrics = step.value
  // Whoever knows more sees at least what anyone sees.
  const exposed = metrics.reduce((so, one) => so + Math.max(one.toPublic, one.toLeads), 0)
  return { release, metrics, exposed, ms: Math.round(performance.now() - started) }
}
