/** A two-sided confidence interval. */
export interface Interval {
  lower: number
  upper: number
}

/** A figure and its interval, in one unit. */
export interface Estimate extends Interval {
  value: number
}

/** 95 %, the default throughout; 99.8 % is its partner for control limits. */
export const DEFAULT_CONFIDENCE = 0.95
