import type { Phase, SchoolInput } from '@cairn/control-plane'
import { Fault } from '../fault.ts'

export interface Entry {
  readonly line: number
  /** Academic year, by its starting year, in which the register last had the row; 0 where it does not say. */
  readonly lastSeen: number
  readonly school: SchoolInput
}

type Fields = Readonly<Record<string, string>>
type Read = { readonly ok: Entry } | { readonly broken: { readonly field: string; readonly rule: string } }

export interface Form {
  read(fields: Fields, line: number): Read
}

/** Which register it is, by its heading. */
export function formOf(heading: readonly string[], file: string): Form {
  const has = (columns: readonly string[]) => columns.every((column) => heading.includes(column))
  if (has(gias.columns)) return gias
  if (has(register.columns)) return register
  throw new Fault(
    `${file} is no register that Cairn knows.`,
    `It needs the columns ${register.columns.join(', ')}; or ${gias.columns.join(', ')}.`,
  )
}

const register = {
  columns: ['LA', 'LAEstab', 'SchoolName', 'URN'],
  read(fields: Fields, line: number): Read {
    const { LA, LAEstab, SchoolName, URN, AcademicYear = '' } = fields
    const fault =
      notDigits('URN', URN!, 6) ??
      notDigits('LA', LA!, 3) ??
      notDigits('LAEstab', LAEstab!, 7) ??
      missing('SchoolName', SchoolName!)
    if (fault) return fault
    if (AcademicYear !== '' && !/^\d{6}$/.test(AcademicYear))
      return broken('AcademicYear', 'six digits, such as 201718')
    const phase = phaseOfNumber(Number(LAEstab!.slice(3)))
    if (!phase) return broken('LAEstab', 'of a range that has a phase: 1000s to 7000s')
    const school = {
      urn: Number(URN),
      authority: Number(LA),
      laestab: Number(LAEstab),
      name: SchoolName!,
      phase,
    }
    return { ok: { line, lastSeen: Number(AcademicYear.slice(0, 4)), school } }
  },
}

const gias = {
  columns: ['URN', 'LA (code)', 'EstablishmentNumber', 'EstablishmentName', 'PhaseOfEducation (code)'],
  read(fields: Fields, line: number): Read {
    const urn = fields.URN!
    const authority = fields['LA (code)']!
    const number = fields.EstablishmentNumber!
    const name = fields.EstablishmentName!
    const fault =
      notDigits('URN', urn, 6) ?? notDigits('LA (code)', authority, 3) ?? missing('EstablishmentName', name)
    if (fault) return fault
    // Some establishments (children's centres, proposed schools) have no number yet.
    if (number !== '' && !/^\d{1,4}$/.test(number)) return broken('EstablishmentNumber', 'up to four digits')
    const openDate = day(fields.OpenDate)
    const closeDate = day(fields.CloseDate)
    if (openDate === false) return broken('OpenDate', 'a date of the form dd-mm-yyyy')
    if (closeDate === false) return broken('CloseDate', 'a date of the form dd-mm-yyyy')
    const phase = phaseOfGias(fields, number)
    if (!phase)
      return broken('PhaseOfEducation (code)', '1 to 7; or 0 with an establishment number that has a phase')
    const laestab = number === '' ? null : Number(authority) * 10_000 + Number(number)
    const school = {
      urn: Number(urn),
      authority: Number(authority),
      laestab,
      name,
      phase,
      openDate,
      closeDate,
    }
    return { ok: { line, lastSeen: 0, school } }
  },
}

/** Codes of PhaseOfEducation in the CSV: nursery, primary, middle deemed primary, secondary, middle deemed secondary, 16 plus, all-through. */
const giasPhases: Readonly<Record<string, Phase>> = {
  1: 'NS',
  2: 'PS',
  3: 'MP',
  4: 'SS',
  5: 'MS',
  6: 'SS',
  7: 'AT',
}
/** TypeOfEstablishment: community, foundation, non-maintained and academy special schools; independent special schools. */
const specialTypes = new Set(['7', '8', '10', '12', '32', '33', '36', '44'])
/** Pupil referral units, and academies and free schools of alternative provision. */
const alternativeTypes = new Set(['14', '38', '42', '43'])

/** Special schools and alternative provision have the phase "not applicable" (0) in GIAS: their type says what they are. */
function phaseOfGias(fields: Fields, number: string): Phase | undefined {
  const type = fields['TypeOfEstablishment (code)'] ?? ''
  if (specialTypes.has(type)) return 'SP'
  if (alternativeTypes.has(type)) return 'PR'
  return giasPhases[fields['PhaseOfEducation (code)']!] ?? phaseOfNumber(Number(number))
}

/**
 * Phase by the range of an establishment number: domain reference, 2.1. Within 1000s and 5000s the ranges are finer:
 * 1100s are pupil referral units, 5200 to 5399 former grant-maintained primaries, 5950 to 5999 special schools.
 * 6000s are independent schools, which have no phase of their own: all-through.
 */
function phaseOfNumber(number: number): Phase | undefined {
  if (number >= 1000 && number < 1100) return 'NS'
  if (number >= 1100 && number < 2000) return 'PR'
  if (number >= 2000 && number < 4000) return 'PS'
  if (number >= 5200 && number < 5400) return 'PS'
  if (number >= 5950 && number < 6000) return 'SP'
  if (number >= 4000 && number < 6000) return 'SS'
  if (number >= 6000 && number < 7000) return 'AT'
  return number >= 7000 && number < 8000 ? 'SP' : undefined
}

const broken = (field: string, rule: string) => ({ broken: { field, rule } }) as const
const notDigits = (field: string, text: string, digits: number) =>
  new RegExp(`^\\d{${digits}}$`).test(text) ? undefined : broken(field, `${digits} digits`)
const missing = (field: string, text: string) => (text === '' ? broken(field, 'not empty') : undefined)

/** dd-mm-yyyy → ISO; null where there is none, false where it is no date. */
function day(text: string | undefined): string | null | false {
  if (!text) return null
  const [, d, m, y] = /^(\d\d)[-/](\d\d)[-/](\d{4})$/.exec(text) ?? []
  if (!y) return false
  const iso = `${y}-${m}-${d}`
  const at = Date.parse(`${iso}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === iso ? iso : false
}
