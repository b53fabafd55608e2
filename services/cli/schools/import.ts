import type { ControlPlane, SchoolInput } from '@cairn/control-plane'
import { csvRows } from '../csv.ts'
import { Fault } from '../fault.ts'
import { localAuthority } from '../local-authorities.ts'
import { type Entry, formOf } from './forms.ts'

export interface ImportReport {
  readonly added: number
  readonly updated: number
  readonly unchanged: number
  /** Older rows of a URN that the file has again. */
  readonly earlier: number
  readonly authoritiesAdded: readonly number[]
  /** LA codes of the file that have not been added. */
  readonly authoritiesUnknown: readonly number[]
  /** By line of the file. Holds no value of it. */
  readonly refused: readonly { readonly line: number; readonly field: string; readonly rule: string }[]
}

/** Reads a register and adds or updates what it says, in one transaction. */
export async function importSchools(
  { authorities, schools }: ControlPlane,
  file: string,
  addAuthorities: boolean,
): Promise<ImportReport> {
  const { newest, earlier, broken } = await readRegister(file)
  const entries = [...newest.values()]
  const known = new Set((await authorities.list()).map((one) => one.code))
  const authoritiesAdded: number[] = []
  if (addAuthorities)
    for (const code of new Set(entries.map(({ school }) => school.authority))) {
      const authority = known.has(code) ? undefined : localAuthority(code)
      if (!authority) continue
      await authorities.add(authority)
      authoritiesAdded.push(code)
    }
  const outcome = await schools.import(entries.map(({ school }): SchoolInput => school))
  const refused = outcome.refused.map(({ row, field, rule }) => ({ line: entries[row]!.line, field, rule }))
  const unknown = entries
    .map(({ school }) => school.authority)
    .filter((code) => !known.has(code) && !authoritiesAdded.includes(code))
  return {
    added: outcome.added,
    updated: outcome.updated,
    unchanged: outcome.unchanged,
    earlier,
    authoritiesAdded: authoritiesAdded.sort((a, b) => a - b),
    authoritiesUnknown: [...new Set(unknown)].sort((a, b) => a - b),
    refused: [...broken, ...refused].sort((a, b) => a.line - b.line),
  }
}

/** The newest entry of each URN; rows of the same age as it are left to the import, which refuses the second. */
async function readRegister(file: string) {
  const newest = new Map<string, Entry>()
  const broken: { line: number; field: string; rule: string }[] = []
  let earlier = 0
  let form: ReturnType<typeof formOf> | undefined
  let last = 0
  const undecided: Entry[] = []
  for await (const { line, fields } of csvRows(file)) {
    form ??= formOf(Object.keys(fields), file)
    const read = form.read(fields, line)
    if ('broken' in read) {
      broken.push({ line, ...read.broken })
      continue
    }
    undecided.push(read.ok)
    last = Math.max(last, read.ok.lastSeen)
  }
  if (!form) throw new Fault(`${file} has no rows.`)
  for (const entry of undecided) {
    const key = String(entry.school.urn)
    const before = newest.get(key)
    if (before && before.lastSeen !== entry.lastSeen) earlier++
    if (before && before.lastSeen > entry.lastSeen) continue
    newest.set(
      before && before.lastSeen === entry.lastSeen ? `${key} ${entry.line}` : key,
      closed(entry, last),
    )
  }
  return { newest, earlier, broken }
}

/** A school that is missing from the newest year of a register was last there in its own. */
function closed(entry: Entry, last: number): Entry {
  if (entry.lastSeen === last || entry.school.closeDate) return entry
  return { ...entry, school: { ...entry.school, closeDate: `${entry.lastSeen + 1}-07-31` } }
}
