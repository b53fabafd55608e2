import { DisclosureError } from './error.ts'

/** Thresholds of small-number control. A profile's version moves with any of them. */
export interface Profile {
  id: string
  version: number
  /** A denominator above 0 and below this hides its cell. */
  smallestDenominator: number
  /** A count, numerator or complement above 0 and below this hides its cell. */
  smallestCount: number
  /** A mean or median of fewer values than this is hidden. */
  smallestSample: number
}

/** Thresholds of control over a whole cube. */
export interface CubeProfile extends Profile {
  /** What is published is rounded to a multiple of this; 1 rounds nothing. */
  roundTo: number
  /** With fewer schools no view across schools is published: none of them closes. */
  smallestSchools: number
  /** An authority's figure needs so many schools that contribute to it … */
  smallestContributors: number
  /** … and none with a share above this (0 to 1). */
  largestShare: number
}

/** Answers that are counted when asked and that no release holds: support, tiers. */
export const live: Profile = {
  id: 'live',
  version: 1,
  smallestDenominator: 10,
  smallestCount: 5,
  smallestSample: 10,
}

/** Establishments that stand for figures which the Department has published already: each figure by itself. */
export const aggregate: Profile = { ...live, id: 'aggregate' }

/** Source: domain reference, section 6, recommended defaults. */
export const standard: CubeProfile = {
  id: 'standard',
  version: 1,
  smallestDenominator: 10,
  smallestCount: 5,
  smallestSample: 10,
  roundTo: 1,
  smallestSchools: 5,
  smallestContributors: 3,
  largestShare: 0.85,
}

/** The ONS 10-5 rule besides: counts below 10 are hidden, the rest rounded to 5. */
export const strict: CubeProfile = { ...standard, id: 'strict', smallestCount: 10, roundTo: 5 }

/** A school's own aggregate for that school: it holds the records, so that small counts are shown to it. */
export const ownSchool: CubeProfile = {
  ...standard,
  id: 'own-school',
  smallestDenominator: 5,
  smallestCount: 1,
  smallestSample: 5,
  smallestSchools: 1,
  smallestContributors: 1,
  largestShare: 1,
}

/** Those that come with Cairn and that an authority may tighten. */
export const shipped: readonly CubeProfile[] = [standard, strict, ownSchool]

export const stampOf = ({ id, version }: Profile): string => `${id}@${version}`

export type Overrides = Partial<Omit<CubeProfile, 'id' | 'version'>>

/** What a school's lead is told is counted when asked, figure by figure: no others are looked at there. */
const ofSingleFigures: readonly string[] = ['smallestDenominator', 'smallestCount', 'smallestSample']

/**
 * A profile with an authority's own, stricter thresholds; its id says whose: `standard-855`.
 * @throws DisclosureError where an override is looser than the profile, no number, or none is stricter
 */
export function tighten(
  profile: CubeProfile,
  overrides: Overrides,
  { authority, version }: { authority: number; version: number },
): CubeProfile {
  const changed = Object.entries(overrides).filter(
    ([name, value]) => value !== profile[name as keyof Overrides],
  )
  if (changed.length === 0) throw new DisclosureError('overrides', 'make at least one threshold stricter')
  for (const [name, value] of changed) {
    const before = profile[name as keyof Overrides]
    if (typeof before !== 'number' || name === 'version')
      throw new DisclosureError(name, 'is no threshold of a profile')
    if (profile.id === ownSchool.id && !ofSingleFigures.includes(name))
      throw new DisclosureError(name, `is not looked at under ${ownSchool.id}`)
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new DisclosureError(name, 'is no number')
    if (name === 'largestShare') {
      if (value <= 0 || value > before) throw new DisclosureError(name, `may only be lowered from ${before}`)
    } else {
      if (!Number.isInteger(value)) throw new DisclosureError(name, 'is no whole number')
      if (value < before) throw new DisclosureError(name, `may only be raised from ${before}`)
    }
  }
  if (overrides.roundTo && overrides.roundTo % profile.roundTo !== 0) {
    throw new DisclosureError('roundTo', `is no multiple of ${profile.roundTo}`)
  }
  return { ...profile, ...overrides, id: `${profile.id}-${authority}`, version }
}

/** Of several authorities' forms of one profile: each threshold as the strictest has it, named after all of them. */
export function strictestOf(profiles: readonly CubeProfile[]): CubeProfile {
  const [first, ...others] = profiles
  return others.reduce((so, one) => {
    if (stampOf(so) === stampOf(one)) return so
    const most = (name: keyof Overrides) => Math.max(so[name], one[name])
    return {
      ...{ id: `${stampOf(so)}+${one.id}`, version: one.version },
      smallestDenominator: most('smallestDenominator'),
      smallestCount: most('smallestCount'),
      smallestSample: most('smallestSample'),
      roundTo: most('roundTo'),
      smallestSchools: most('smallestSchools'),
      smallestContributors: most('smallestContributors'),
      largestShare: Math.min(so.largestShare, one.largestShare),
    }
  }, first!)
}

/** The profile as shipped that a release is stamped with, or with an authority's own form of; undefined where it is none. */
export const baseOf = (stamp: string): CubeProfile | undefined =>
  [standard, strict].find(({ id }) => stamp.startsWith(`${id}@`) || stamp.startsWith(`${id}-`))

/** The profile as shipped that a release is stamped with; undefined where it is none of these. */
export const profileOf = (stamp: string): CubeProfile | undefined =>
  [standard, strict].find((one) => stampOf(one) === stamp)
