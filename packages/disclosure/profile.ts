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

/** In force until disclosure control over whole cubes lands. */
export const interim: Profile = {
  id: 'interim',
  version: 1,
  smallestDenominator: 10,
  smallestCount: 5,
  smallestSample: 10,
}
