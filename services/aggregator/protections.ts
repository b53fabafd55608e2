/**
 * What keeps the figures exact, each with a switch, so that the chaos test can show what goes wrong without it.
 * Production code never turns one off: main.ts does not read them from anywhere.
 */
export interface Protections {
  /** Tombstones where an identity stood and stands no more. */
  readonly repair: boolean
  /** Also first versions are looked up: a correction may come before what it corrects. */
  readonly lateFirstVersions: boolean
  /** After a claim everything since drained is repaired, not only what this process has seen. */
  readonly repairAllAfterClaim: boolean
  /** A newer owner's cells win over a former owner's late ones. */
  readonly generation: boolean
  /** The ledger refuses a former owner. */
  readonly fence: boolean
  /** An event of an erased pupil leaves a marker and a tombstone, and is not just skipped. */
  readonly erasedMarkers: boolean
  /** An event whose pupil changes between versions leaves a tombstone under the former pupil. */
  readonly formerPupils: boolean
  /** A pupil whose last evidence is gone gets an empty recommendation, and does not keep the old one. */
  readonly emptied: boolean
  /** Where a former owner may have seen another present, all that it could have written is written anew. */
  readonly presentMoved: boolean
  /** `tiered` moves after the last share of the pupils, not after each. */
  readonly tieredAfterAll: boolean
  /** A context dirties every slice that it may reach, and not only those of facts that came with it. */
  readonly contextsReach: boolean
}

export const allProtections: Protections = {
  repair: true,
  lateFirstVersions: true,
  repairAllAfterClaim: true,
  generation: true,
  fence: true,
  erasedMarkers: true,
  formerPupils: true,
  emptied: true,
  presentMoved: true,
  tieredAfterAll: true,
  contextsReach: true,
}
