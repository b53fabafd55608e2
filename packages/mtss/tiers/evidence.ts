/** Kinds of evidence, as the engine sends them. */
export const kinds = { score: 0, incident: 1, attendance: 2, assignment: 3 } as const

/**
 * One pupil's evidence for one domain: parallel arrays, in total order (week, order within the week, event id), as one
 * line of the engine's grouping gives them. A check-in is one entry for each subscale that has a score.
 */
export interface PupilEvidence {
  /** Week index, ascending. */
  readonly week: ArrayLike<number>
  /** What entries came in one submission: they stand together and have one number. Each submission is one point. */
  readonly event: ArrayLike<number>
  readonly kind: ArrayLike<number>
  /** Who or what said so: small numbers below 16 (informants, behaviour log, register); equal means same source. */
  readonly source: ArrayLike<number>
  /** A score's series: its index in `seriesOf(timeline)`; −1 where no rule reads it and for other kinds. */
  readonly series: ArrayLike<number>
  /** A score in integer units; sessions attended; the tier assigned (an exit is an assignment to tier 1). */
  readonly value: ArrayLike<number>
  /** Sessions possible; 0 for other kinds. */
  readonly outOf: ArrayLike<number>
  /** Severity of a score's band (0 best; NaN: no band, so that no bound holds), or of an incident (1–4). */
  readonly severity: ArrayLike<number>
}

/** One entry where the tier was entered or assigned; between two the tier stands. Empty for a pupil without evidence. */
export interface Episodes {
  readonly from: number[]
  /** In force at the end of the week `from`. */
  readonly tier: number[]
  /** Index of the rule that held in that week's policy; −1: none. */
  readonly rule: number[]
  /** The machine's own verdict that week, whatever was assigned. */
  readonly recommended: number[]
  /** The tier that a person assigned that week; 0: none. */
  readonly assigned: number[]
  /** Observed value of each condition of the rule, in its order. */
  readonly observed: number[][]
  /** Version of the policy in force in that week; 0: none. */
  readonly policy: number[]
}
