import { Command } from 'commander'
import { exitCodes } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, folderOf, jsonOption, laCode } from '../options.ts'
import { type ImportReport, importSchools } from '../schools/import.ts'
import { grouped, table } from '../table.ts'

export const schoolCommand = (): Command =>
  new Command('school').description('schools of the authorities').addCommand(importFile()).addCommand(list())

interface ImportOptions {
  addAuthorities?: boolean
  data?: string
  json?: boolean
}

const importFile = (): Command =>
  new Command('import')
    .description('add and update schools from a register')
    .argument('<file>', 'CSV with a heading, in UTF-8 or Windows-1252')
    .option('--add-authorities', 'add the authorities that the file names and Cairn knows')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Two forms are understood, by their headings:
  the Department's register   LA, LAEstab, SchoolName, URN, AcademicYear (optional). It has no phase: that is worked
                              out from the establishment number (2000 to 3999 primary, 4000 to 5999 secondary, 7000s
                              special …). Of several rows of a URN the newest year's counts, and a school that is not
                              in the newest year of the file is closed at the end of its own.
  Get Information about Schools (edubasealldata)   URN, LA (code), EstablishmentNumber, EstablishmentName,
                              PhaseOfEducation (code), TypeOfEstablishment (code), OpenDate, CloseDate
A row that breaks a rule is refused alone, and named by line, field and rule; the others are imported. Importing a
file again changes nothing. Exits 1 where rows were refused.`,
    )
    .action(async (file: string, options: ImportOptions) => {
      const report = await withControlPlane(folderOf(options), (controlPlane) =>
        importSchools(controlPlane, file, options.addAuthorities ?? false),
      )
      const { refused, ...rest } = report
      if (options.json) console.log(JSON.stringify({ ...rest, refused: refused.length, refusals: refused }))
      else console.log(inWords(report, options.addAuthorities ?? false))
      if (refused.length > 0) process.exitCode = exitCodes.failed
    })

function inWords(report: ImportReport, addAuthorities: boolean): string {
  const { added, updated, unchanged, earlier, refused, authoritiesAdded, authoritiesUnknown } = report
  const n = grouped
  const lines = [
    `Schools: ${n(added)} added, ${n(updated)} updated, ${n(unchanged)} unchanged, ${n(earlier)} older rows of a URN left out, ${n(refused.length)} refused.`,
  ]
  if (authoritiesAdded.length > 0)
    lines.push(
      `Authorities added: ${authoritiesAdded.length > 12 ? authoritiesAdded.length : authoritiesAdded.join(', ')}.`,
    )
  if (authoritiesUnknown.length > 0)
    lines.push(
      `Authorities not added yet: ${authoritiesUnknown.join(', ')}.`,
      addAuthorities
        ? '  Cairn does not know their names: cairn authority add CODE --name NAME'
        : '  Add one with cairn authority add CODE, or all that Cairn knows with --add-authorities.',
    )
  if (refused.length > 0) lines.push('', table(['rows', 'field', 'must be', 'lines'], byRule(refused)))
  return lines.join('\n')
}

const mostLines = 8

function byRule(refused: ImportReport['refused']): (string | number)[][] {
  const rules = new Map<string, number[]>()
  for (const { line, field, rule } of refused) {
    const key = `${field}\n${rule}`
    const known = rules.get(key)
    if (known) known.push(line)
    else rules.set(key, [line])
  }
  return [...rules].map(([key, lines]) => {
    const more = lines.length > mostLines ? ', …' : ''
    return [lines.length, ...key.split('\n'), lines.slice(0, mostLines).join(', ') + more]
  })
}

const list = (): Command =>
  new Command('list')
    .description('schools there are')
    .option('--authority <code>', 'of this authority alone', laCode)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { authority?: number; data?: string; json?: boolean }) => {
      const schools = await withControlPlane(existingFolder(options), async (controlPlane) => {
        const all = (await controlPlane.authorities.list()).map((one) => one.code)
        return controlPlane.schools.list(options.authority === undefined ? all : [options.authority])
      })
      if (options.json) console.log(JSON.stringify({ schools }))
      else if (schools.length === 0) console.log('None yet. Import a register: cairn school import FILE')
      else
        console.log(
          table(
            ['URN', 'LA', 'LAESTAB', 'phase', 'closed', 'name'],
            schools.map((s) => [
              String(s.urn),
              String(s.authority),
              String(s.laestab ?? '–'),
              s.phase,
              s.closeDate,
              s.name,
            ]),
          ),
        )
    })
