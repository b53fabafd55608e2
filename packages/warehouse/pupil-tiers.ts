import type { Scope } from '@cairn/access'
import type { Warehouse } from './client.ts'
import { type EvidenceLine, evidenceOfPupil } from './recommendations.ts'
import { asAt } from './tiers.ts'

/** What a school may be told of one of its pupils. */
export interface PupilTiers {
  readonly school: number
  /** Week that the recommendation was worked out up to. */
  readonly upTo: number
  readonly forms: readonly string[]
  readonly line: EvidenceLine
}

/**
 * What one pupil's tier rests on, for the school that has the pupil now and for nobody else: not the authority, not
 * another school, not the school of before. Undefined where there is nothing, or nothing for this reader: alike.
 */
export async function readPupilTiers(
  w: Warehouse,
  scope: Scope,
  q: { authority: number; pupil: string; domain: string; signal?: AbortSignal },
): Promise<PupilTiers | undefined> {
  const { authority, pupil, domain, signal } = q
  const { schools } = scope
  if (scope.role !== 'school_lead' || schools === 'all' || !scope.authorities.includes(authority))
    return undefined
  const [row] = await w.query<{ school: number; up_to: number }>({
    name: 'pupil_tiers',
    sql: `SELECT ${asAt('cx_from', 'cx_school', 'up_to')} AS school, up_to FROM recommendation FINAL
      WHERE authority = {authority:UInt16} AND domain = {domain:String} AND pupil = {pupil:UUID} AND notEmpty(ep_from)
        AND school IN {schools:Array(UInt32)}`,
    params: { authority, domain, pupil, schools: [...schools] },
    authorities: [authority],
    ...(signal && { signal }),
  })
  if (!row) return undefined
  const found = await evidenceOfPupil(w, authority, pupil, signal)
  return found && { school: row.school, upTo: row.up_to, ...found }
}
