import { normalisePupil } from '@cairn/contracts'
import { pseudonymsUnder } from '@cairn/control-plane'
import {
  type Domain,
  evidenceReader,
  explain,
  kinds,
  mondayOfWeek,
  type PupilEvidence,
  scoreScale,
  seriesOf,
  sourceName,
  tierFold,
} from '@cairn/mtss'
import { readPupilTiers } from '@cairn/warehouse'
import type { GatewayContext } from '../context.ts'
import type { TierEvidence, TierExplanation } from './types.ts'

export interface Asked {
  readonly authority: number
  /** As the school sends it. */
  readonly pupil: string
  readonly domain: Domain
  readonly week: number
}

const kindNames = new Map<number, string>(Object.entries(kinds).map(([name, kind]) => [kind, name]))

/**
 * Works a pupil's tiers out once more, from the same evidence and the same rules as the aggregator, and says what the
 * one in force at a week rests on. The identifier becomes a pseudonym here and goes no further.
 */
export async function explainTier(
  { scope, warehouse, controlPlane, signal }: GatewayContext,
  { authority, pupil, domain, week }: Asked,
): Promise<TierExplanation | null> {
  // Before the key is asked for: who is no school's lead has no business with pupils.
  if (scope.role !== 'school_lead' || !scope.authorities.includes(authority)) return null
  const pseudonym = pseudonymsUnder(await controlPlane.authorities.pseudonymKey(authority))(
    normalisePupil(pupil),
  )
  const hex = pseudonym.slice(pseudonym.indexOf(':') + 1)
  const found = await readPupilTiers(warehouse, scope, { authority, pupil: asUuid(hex), domain, signal })
  if (!found) return null
  const timeline = (await controlPlane.policies.of([authority])).get(authority)![domain]
  const evidence = evidenceReader(domain, timeline, found.forms)(found.line)
  const episodes = tierFold(timeline)(evidence, found.upTo)
  const at = episodes.from.findLastIndex((from) => from <= week)
  if (at < 0) return null
  const why = explain(evidence, timeline, episodes, at)
  const names = seriesOf(timeline)
  return {
    upTo: mondayOfWeek(found.upTo),
    ...{ week: mondayOfWeek(week), tier: episodes.tier[at]!, since: mondayOfWeek(episodes.from[at]!) },
    ...{ recommended: episodes.recommended[at]!, assigned: episodes.assigned[at]! || null },
    ...{ rule: why?.rule.id ?? null, policyVersion: why?.version ?? null },
    conditions: (why?.rule.conditions ?? []).map((condition, i) => {
      const observed = why!.finding.conditions[i]!.observed
      return { condition: JSON.stringify(condition), observed: Number.isNaN(observed) ? null : observed }
    }),
    evidence: (why?.finding.window ?? []).map(({ index }) => pieceOf(evidence, names, index)),
  }
}

function pieceOf(evidence: PupilEvidence, names: readonly string[], i: number): TierEvidence {
  const kind = evidence.kind[i]!
  const isScore = kind === kinds.score
  return {
    ...{ week: mondayOfWeek(evidence.week[i]!), kind: kindNames.get(kind)! },
    ...{ source: sourceName(evidence.source[i]!), series: names[evidence.series[i]!] ?? null },
    score: isScore ? evidence.value[i]! / scoreScale : null,
    severity: kind === kinds.incident ? evidence.severity[i]! : null,
    attended: kind === kinds.attendance ? evidence.value[i]! : null,
    possible: kind === kinds.attendance ? evidence.outOf[i]! : null,
  }
}

const asUuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
