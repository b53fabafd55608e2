/** Who answers an instrument about a pupil. */
export const informants = ['self', 'staff', 'parent'] as const
export type Informant = (typeof informants)[number]

/** Levels of the ecological model of resilience. Source: domain reference, row 61. */
export const ecologicalLevels = ['individual', 'family', 'community', 'societal'] as const
export type EcologicalLevel = (typeof ecologicalLevels)[number]

/** For whom a part of a definition holds; what is absent holds for all. */
export interface For {
  readonly informants?: readonly Informant[]
  /** Whole years, both included. */
  readonly ages?: { readonly from: number; readonly to: number }
}

export interface Item {
  /** Stable; answers are sent by it. Items carry no text. */
  readonly id: string
  readonly min: number
  readonly max: number
  /** A high answer is a low score: counted as min + max - answer. */
  readonly reverse?: boolean
  /** Whose version of the instrument has it; absent: everybody's. */
  readonly informants?: readonly Informant[]
  /** Part of a supplement that need not be asked: never counted as missing. */
  readonly optional?: boolean
  /** Ids of the subscales that the item counts for. */
  readonly subscales: readonly string[]
  readonly tags?: readonly string[]
  readonly level?: EcologicalLevel
  /** 1 where absent. */
  readonly weight?: number
  /** For subscales of method `lookup`: what each answer counts, from min to max. */
  readonly values?: readonly number[]
}

export type ScalePolarity = 'higher is better' | 'lower is better'

/** Something that has a score of its own: a subscale, or a total derived from some. */
interface Scale {
  readonly id: string
  readonly title: string
  readonly polarity: ScalePolarity
  /** Of the raw score, over all informants. */
  readonly range: { readonly min: number; readonly max: number }
}

export interface Subscale extends Scale {
  /**
   * `sum` of the answers; `mean` of the answers, each rescaled to 0–100 by its own item's range; `lookup`: sum of what
   * each answer counts by its item's `values`.
   */
  readonly method: 'sum' | 'mean' | 'lookup'
  /** Answers below which the subscale has no score; never less than half of its items. */
  readonly minAnswered: number
  /** A sum of fewer answers, brought up to all items: mean × items, rounded to a whole number (half up) or exact. */
  readonly prorate?: 'round' | 'exact'
}

/** Sum or mean of the raw scores of subscales; absent as soon as one of them is. */
export interface Total extends Scale {
  readonly of: readonly string[]
  readonly method: 'sum' | 'mean'
}

/** Raw whole numbers to a metric, such as a T score: `points[i]` is for the range's minimum + i. */
export interface Conversion extends For {
  /** Id of a subscale or total. */
  readonly scale: string
  readonly sex?: 'F' | 'M'
  readonly points: readonly number[]
}

/** Bands of a scale's score: of its metric where it is converted. They leave no gap: each begins where the last ended. */
export interface Bands extends For {
  readonly scale: string
  readonly steps: readonly {
    /** Included; the last one is the highest score there is. */
    readonly upTo: number
    readonly label: string
    /** 0 is best. */
    readonly severity: number
  }[]
}

/** What the reliable change index needs. */
export interface Reliability extends For {
  readonly scale: string
  readonly reliability: number
  readonly sd: number
  readonly source: string
}

export interface Licence {
  readonly holder: string
  readonly terms: string
  /** Where the holder's permission can be looked up. */
  readonly evidence?: string
  /** ISO date after which the permission ends. */
  readonly expires?: string
}

/**
 * An instrument as data: immutable once published, each check-in names `id@version`.
 * Source: domain reference, section 4.
 */
export interface InstrumentDefinition {
  readonly id: string
  readonly version: number
  readonly title: string
  /** `id@version` of the earlier definition that this one puts right: its check-ins are scored by this one. */
  readonly corrects?: string
  readonly informants: readonly Informant[]
  /** Ages that it is for, by informant. A check-in that says another age is refused. */
  readonly ages?: readonly For[]
  /** Days that the questions look back on. */
  readonly recallDays?: number
  readonly licence: Licence
  /** Whether Cairn only scores it: the wording is its holder's, and answers come from a licensed form. */
  readonly scoreOnly: boolean
  /** What is not part of this definition, so that it gives no score (`items`) or only raw ones (`norms`). */
  readonly needs?: readonly ('items' | 'norms')[]
  readonly items: readonly Item[]
  readonly subscales: readonly Subscale[]
  readonly totals?: readonly Total[]
  readonly conversions?: readonly Conversion[]
  readonly bands?: readonly Bands[]
  readonly reliability?: readonly Reliability[]
  /** Wording of the items by informant and item id: Cairn's own instruments alone. */
  readonly wording?: Readonly<Partial<Record<Informant, Readonly<Record<string, string>>>>>
}

/** `resilience-wheel@1`: how a check-in names the definition. */
export const nameOf = ({ id, version }: { id: string; version: number }): string => `${id}@${version}`

/** Whether a part of a definition holds for an informant. */
export const isFor = (part: For, informant: Informant): boolean =>
  part.informants?.includes(informant) ?? true

/** The items that an informant answers for a subscale. */
export const itemsOf = (
  definition: InstrumentDefinition,
  subscale: string,
  informant: Informant,
): readonly Item[] =>
  definition.items.filter((item) => isFor(item, informant) && item.subscales.includes(subscale))

/** Subscales, then totals: everything that has a score, in the order in which facts hold it. */
export const scalesOf = (definition: InstrumentDefinition): readonly (Subscale | Total)[] => [
  ...definition.subscales,
  ...(definition.totals ?? []),
]
