import type { Audited } from './audit.ts'
import type { Layer } from './layer.ts'
import type { Requirement } from './rules.ts'

/** A layer after control, and what it came to. */
export interface Controlled {
  id: string
  layer: Layer
  need: Requirement
  audited: Audited
  /** By pair table: whether it is published, whole. */
  tables: boolean[]
  /** By cell: the most that the public can think its denominator to be. */
  most: Float64Array
  /** What an earlier release showed would have to be hidden now, or nothing else closes. */
  strained: boolean
  /** Cells that an earlier release showed, and what follows from them. */
  shown: ReadonlySet<number>
}
