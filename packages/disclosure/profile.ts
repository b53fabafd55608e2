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

export const stampOf = ({ id, version }: Profile): string => `${id}@${version}`

export type Overrides = Partial<Omit<CubeProfile, 'id' | 'version'>>

/**
 * A profile with an authority's own, stricter thresholds; its id says so.
 * @throws DisclosureError where an override is looser than the profile, or no number
 */
export function tighten(profile: CubeProfile, overrides: Overrides): CubeProfile {
  for (const [name, value] of Object.entries(overrides)) {
    const before = profile[name as keyof Overrides]
    if (before === undefined) throw new DisclosureError(name, 'is no threshold of a profile')
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
  return { ...profile, ...overrides, id: `${profile.id}+tightened` }
}

/** The profile that a release was stamped with; undefined where it is none of Cairn's. */
export const profileOf = (stamp: string): CubeProfile | undefined =>
  [standard, strict].find((one) => stampOf(one) === stamp)
