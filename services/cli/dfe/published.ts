import { csvRows } from '../csv.ts'
import { Fault } from '../fault.ts'

/** School types of the published tables, and `Total`, which is all of them. */
export const schoolTypes = ['Primary', 'Secondary', 'Special'] as const
export type SchoolType = (typeof schoolTypes)[number]
export type RowType = SchoolType | 'Total'

export const exclusionTypes = ['PERM', 'SUSP'] as const
export type ExclusionType = (typeof exclusionTypes)[number]

/** Columns of the legacy reasons, behind `perm_` or `fixed_`, and the code that each is now. */
const reasonColumns = {
  physical_pupils: 'PP',
  physical_adult: 'PA',
  verbal_pupil: 'VP',
  verbal_adult: 'VA',
  bullying: 'BU',
  racist_abuse: 'RA',
  sexual_misconduct: 'SM',
  drug_alcohol: 'DA',
  damage: 'DM',
  theft: 'TH',
  persistent_disruptive: 'DB',
  other: 'OT',
} as const
export type Reason = (typeof reasonColumns)[keyof typeof reasonColumns]

const prefixes = { PERM: ['perm_', 'perm_excl'], SUSP: ['fixed_', 'fixed_excl'] } as const

/** A published count; null where it is hidden (`x`). */
export type Count = number | null

/** What is published of one authority, school type and exclusion type. */
export interface Published {
  readonly total: Count
  /** Exclusions for each 100 pupils, rounded to two decimals. */
  readonly rate: Count
  /** Undefined where the table of reasons has no such row. */
  readonly reasons: ReadonlyMap<Reason, Count> | undefined
}

export interface PublishedRow {
  readonly headcount: number
  readonly by: Readonly<Record<ExclusionType, Published>>
}

export interface PublishedAuthority {
  readonly name: string
  /** From the table of reasons; undefined where it has no row of the authority. */
  readonly code: number | undefined
  readonly gssCode: string | undefined
  readonly rows: ReadonlyMap<RowType, PublishedRow>
}

/**
 * The Department's two tables of one academic year (`201617`), by authority. The tables name authorities alike but for
 * the case; only that of reasons has codes.
 */
export async function readPublished(
  reasonsFile: string,
  headcountFile: string,
  year: string,
): Promise<PublishedAuthority[]> {
  const reasons = await readReasons(reasonsFile, year)
  const authorities = new Map<string, PublishedAuthority & { rows: Map<RowType, PublishedRow> }>()
  const required = [
    'year',
    'level',
    'la_name',
    'school_type',
    'headcount',
    'perm_excl',
    'perm_excl_rate',
    'fixed_excl',
    'fixed_excl_rate',
  ]
  for await (const { line, fields } of csvRows(headcountFile, required)) {
    if (!isOf(fields, year)) continue
    const key = fields.la_name!.toLowerCase()
    const place = { file: headcountFile, line }
    const known = reasons.get(key)
    const authority = authorities.get(key) ?? {
      name: known?.name ?? fields.la_name!,
      code: known?.code,
      gssCode: known?.gssCode,
      rows: new Map(),
    }
    authorities.set(key, authority)
    const type = rowType(fields.school_type!, place)
    const published = (kind: ExclusionType): Published => {
      const [, column] = prefixes[kind]
      return {
        total: count(fields, column, place),
        rate: count(fields, `${column}_rate`, place),
        reasons: known?.rows.get(type)?.[kind],
      }
    }
    const headcount = count(fields, 'headcount', place)
    if (headcount === null) throw new Fault(`${headcountFile}, line ${line}: headcount must be a number.`)
    authority.rows.set(type, { headcount, by: { PERM: published('PERM'), SUSP: published('SUSP') } })
  }
  if (authorities.size === 0)
    throw new Fault(
      `${headcountFile} has no local authority of ${year}.`,
      'Give a year that the file holds, such as --year 201617.',
    )
  return [...authorities.values()]
}

interface ReasonRows {
  readonly name: string
  readonly code: number
  readonly gssCode: string
  readonly rows: Map<RowType, Record<ExclusionType, ReadonlyMap<Reason, Count>>>
}

async function readReasons(file: string, year: string): Promise<Map<string, ReasonRows>> {
  const authorities = new Map<string, ReasonRows>()
  const columns = exclusionTypes.flatMap((kind) =>
    Object.keys(reasonColumns).map((c) => prefixes[kind][0] + c),
  )
  const required = ['year', 'level', 'old_la_code', 'new_la_code', 'la_name', 'school_type', ...columns]
  for await (const { line, fields } of csvRows(file, required)) {
    if (!isOf(fields, year)) continue
    const place = { file, line }
    const key = fields.la_name!.toLowerCase()
    const known = authorities.get(key)
    const authority = known ?? {
      name: fields.la_name!,
      code: laCode(fields, place),
      gssCode: fields.new_la_code!,
      rows: new Map(),
    }
    authorities.set(key, authority)
    const of = (kind: ExclusionType) =>
      new Map(
        Object.entries(reasonColumns).map(([column, code]) => [
          code,
          count(fields, prefixes[kind][0] + column, place),
        ]),
      )
    authority.rows.set(rowType(fields.school_type!, place), { PERM: of('PERM'), SUSP: of('SUSP') })
  }
  if (authorities.size === 0)
    throw new Fault(
      `${file} has no local authority of ${year}.`,
      'Give a year that the file holds, such as --year 201617.',
    )
  return authorities
}

const isOf = (fields: Readonly<Record<string, string>>, year: string): boolean =>
  fields.year === year && fields.level!.toLowerCase() === 'local authority'

interface Place {
  readonly file: string
  readonly line: number
}

/** `State-funded primary` in the one table is `Primary` in the other. */
function rowType(text: string, { file, line }: Place): RowType {
  const plain = text.replace(/^state-funded /i, '').toLowerCase()
  const type = (['Total', ...schoolTypes] as const).find((one) => one.toLowerCase() === plain)
  if (!type)
    throw new Fault(`${file}, line ${line}: school_type must be Total, Primary, Secondary or Special.`)
  return type
}

function count(fields: Readonly<Record<string, string>>, column: string, { file, line }: Place): Count {
  const text = fields[column]!
  if (text === 'x') return null
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Fault(`${file}, line ${line}: ${column} must be a number or x.`)
  return Number(text)
}

function laCode(fields: Readonly<Record<string, string>>, { file, line }: Place): number {
  if (!/^\d{3}$/.test(fields.old_la_code!))
    throw new Fault(`${file}, line ${line}: old_la_code must be three digits.`)
  return Number(fields.old_la_code)
}
