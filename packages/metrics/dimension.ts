/** A characteristic that a metric is broken down by. */
export interface Dimension {
  readonly title: string
  /** SQL over the fact's columns that gives its value as a string. */
  readonly value?: string
  /** SQL that gives several values for one fact as an array (reasons of an exclusion): each is counted, so parts may exceed the total. */
  readonly each?: string
  /** Kept for another figure's sake (the histogram behind a median); not offered to readers. */
  readonly internal?: true
  /** A characteristic of a pupil: `value` reads the pupil's snapshot that holds on the fact's day. */
  readonly ofPupil?: true
}
