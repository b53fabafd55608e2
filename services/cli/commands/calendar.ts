import { readFile } from 'node:fs/promises'
import type { HalfTerm } from '@cairn/control-plane'
import { Command } from 'commander'
import { csvRows, unreadable } from '../csv.ts'
import { Fault } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode, urn, whole } from '../options.ts'
import { table } from '../table.ts'

export const calendarCommand = (): Command =>
  new Command('calendar')
    .description('half-terms of an authority or a school')
    .addCommand(set())
    .addCommand(show())

interface CalendarOptions {
  authority: number
  school?: number
  year: number
  data?: string
  json?: boolean
}

const year = whole(2000, 2099)

const set = (): Command =>
  new Command('set')
    .description('set the six half-terms of an academic year')
    .argument('<file>', 'JSON or CSV')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .option(
      '--school <urn>',
      'this school alone (default: every school of the authority without one of its own)',
      urn,
    )
    .requiredOption('--year <year>', 'academic year by its starting year: 2025 is 2025/26', year)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The file has six half-terms in order, first and last day of each:
  CSV    firstDay,lastDay
         2025-08-27,2025-10-10
         …
  JSON   [{"firstDay":"2025-08-27","lastDay":"2025-10-10"}, …]
Figures by half-term and term are worked out anew.`,
    )
    .action(async (file: string, options: CalendarOptions) => {
      const halfTerms = await readHalfTerms(file)
      const { authority, school = null, year: academicYear } = options
      await withControlPlane(existingFolder(options), ({ calendars }) =>
        calendars.set({ authority, school, academicYear, halfTerms }),
      )
      console.log(
        options.json
          ? JSON.stringify({ authority, school, academicYear, halfTerms })
          : `Set ${academicYear}/${(academicYear + 1) % 100} of ${school ? `school ${school}` : `authority ${authority}`}.`,
      )
    })

async function readHalfTerms(file: string): Promise<HalfTerm[]> {
  const halfTerms: HalfTerm[] = []
  if (!file.endsWith('.json')) {
    for await (const { fields } of csvRows(file, ['firstDay', 'lastDay']))
      halfTerms.push({ firstDay: fields.firstDay!, lastDay: fields.lastDay! })
    return halfTerms
  }
  const text = await readFile(file, 'utf8').catch((error) => Promise.reject(unreadable(error, file)))
  try {
    for (const { firstDay, lastDay } of JSON.parse(text))
      halfTerms.push({ firstDay: String(firstDay), lastDay: String(lastDay) })
    return halfTerms
  } catch {
    throw new Fault(`${file} is no JSON list of half-terms.`, 'See: cairn calendar set --help')
  }
}

const show = (): Command =>
  new Command('show')
    .description('the half-terms in force')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .option('--school <urn>', 'as they are for this school', urn)
    .requiredOption('--year <year>', 'academic year by its starting year: 2025 is 2025/26', year)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: CalendarOptions) => {
      const calendar = await withControlPlane(existingFolder(options), ({ calendars }) =>
        calendars.get(options.authority, options.school ?? null, options.year),
      )
      if (options.json) console.log(JSON.stringify(calendar))
      else {
        const whose = {
          school: 'the school’s own',
          authority: 'the authority’s',
          default: 'a generic one: none is set',
        }
        console.log(`Calendar: ${whose[calendar.from]}`)
        console.log(
          table(
            ['half-term', 'first day', 'last day'],
            calendar.halfTerms.map((h, i) => [i + 1, h.firstDay, h.lastDay]),
          ),
        )
      }
    })
