/** JSON Schema (draft 2020-12 subset that ajv compiles in strict mode). `pupil: true` marks a pupil identifier. */
export type JsonSchema = { readonly [key: string]: unknown }

/** A ClickHouse column type of a fact, e.g. `LowCardinality(String)`, `Array(Float64)`, `Date`. */
export type ColumnType = string

/** What a row of a fact table may hold, as JSONCompactEachRow takes it. */
export type ColumnValue = string | number | boolean | readonly (string | number)[] | null

/** Where a fact stands: the slice that is recomputed when it changes. */
export interface Place {
  /** URN, six digits. */
  readonly school: number
  /** The day that the fact counts for, ISO date in Europe/London. */
  readonly day?: string
  /**
   * The event that this one follows (an incident's resolution). Its figures stand in that event's slice, so where this
   * is given, `day` is the follow-up's own date and says nothing about the slice: look at this first.
   */
  readonly follows?: { readonly source: string; readonly id: string }
}

/** Scores one check-in. Passed in, because definitions of instruments are data and this package does no I/O. */
export type Score = (
  instrument: string,
  informant: string,
  answers: Readonly<Record<string, number>>,
  /** Where the instrument asks for it: whole years, and `F` or `M`. */
  about?: { readonly age?: number | undefined; readonly sex?: string | undefined },
) =>
  | {
      readonly subscales: readonly {
        readonly id: string
        readonly score: number
        readonly prorated?: boolean
        /** Of its band, 0 best; −1 without one. */
        readonly severity?: number
      }[]
      /** `id@version` of the definition that it was scored by: a later one may have put the named one right. */
      readonly definition?: string
      /** Items that were not answered. */
      readonly missing?: number
      /** Of the factors and ecological levels that the items speak of, 0 to 100. */
      readonly factors?: readonly { readonly id: string; readonly score: number }[]
    }
  /** `refused` is the rule; `field` the JSON pointer in the event that broke it, e.g. `/data/instrument`. */
  | { readonly refused: string; readonly field?: string }

export interface FactContext {
  readonly score: Score
}

/** Why a valid event cannot become a fact yet (an unknown instrument): it goes to quarantine and can be replayed. */
export class Unprocessable extends Error {
  readonly field: string
  readonly rule: string
  constructor(field: string, rule: string) {
    super(`${field}: ${rule}`)
    this.field = field
    this.rule = rule
  }
}

/**
 * The typed row that an event makes. One ClickHouse table a fact, made from `columns` by `cairn migrate`;
 * columns are only ever added, at the end.
 */
export interface FactDefinition<Data> {
  /** Table name behind the prefix `fact_`. */
  readonly table: string
  readonly columns: Readonly<Record<string, ColumnType>>
  place(data: Data): Place
  /** Pseudonyms of the pupils that the fact is about; the first is the one that counts of pupils count. */
  pupils(data: Data): readonly string[]
  /** Values in the order of `columns`. Throws Unprocessable. */
  row(data: Data, context: FactContext): readonly ColumnValue[]
}

export interface InvalidExample {
  readonly why: string
  readonly data: unknown
  /** JSON pointer of the field that the refusal must name, e.g. `/data/school`. */
  readonly field: string
  /** The JSON Schema keyword, or Cairn's own rule, that it must name. */
  readonly rule: string
}

export interface EventType<Data = any> {
  /** CloudEvents `type`. Chosen once. */
  readonly type: string
  /** Major version of the schema, the last part of `dataschema`. */
  readonly major: number
  readonly title: string
  /** Plain English: when to send it and what it counts as. */
  readonly description: string
  /** Schema of `data`. */
  readonly schema: JsonSchema
  /** Rules that JSON Schema cannot say; returns the first breach. Pure. */
  readonly check?: (data: Data) => { readonly field: string; readonly rule: string } | undefined
  readonly examples: { readonly valid: readonly Data[]; readonly invalid: readonly InvalidExample[] }
  /** What it does: makes a fact, takes an event back, or erases a pupil. */
  readonly makes:
    | { readonly kind: 'fact'; readonly fact: FactDefinition<Data> }
    | { readonly kind: 'retraction'; target(data: Data): { source: string; id: string; version: number } }
    | { readonly kind: 'erasure'; pupil(data: Data): string }
}

/** Declares an event type; checks nothing at run time, so that a registry can be read without cost. */
export function eventType<Data>(definition: EventType<Data>): EventType<Data> {
  return definition
}
