import { readFile } from 'node:fs/promises'
import { DefinitionRefused, type Instrument } from '@cairn/control-plane'
import { definitionRules, definitionSchema, nameOf, scalesOf } from '@cairn/mtss'
import { Command } from 'commander'
import { unreadable } from '../csv.ts'
import { exitCodes, Fault, misuse } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption } from '../options.ts'
import { table } from '../table.ts'

interface Options {
  data?: string
  json?: boolean
}

export const instrumentCommand = (): Command =>
  new Command('instrument')
    .description('definitions of questionnaires: items, subscales, conversions, bands, licence')
    .addCommand(add())
    .addCommand(list())
    .addCommand(show())
    .addCommand(schema())

const add = (): Command =>
  new Command('import')
    .description('add a definition from a JSON file; audited')
    .argument('<file>', 'JSON, - for standard input')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A definition never changes: the same file once more is no change, other content under the same id and version is
refused. To put one right, give a higher version that says "corrects": "id@version"; check-ins that name the corrected
one are then scored by it, those of the past after: cairn rescore.
Check-ins that came before the definition wait in quarantine: cairn quarantine replay --all.
What a definition may hold: cairn instrument schema. It holds no wording of instruments that are not Cairn's own.`,
    )
    .action(async (file: string, options: Options) => {
      const given = await readJson(file)
      const outcome = await withControlPlane(existingFolder(options), ({ instruments }) =>
        instruments.import(given).catch((error) => {
          if (error instanceof DefinitionRefused) return { flaws: error.flaws }
          throw error
        }),
      )
      if ('flaws' in outcome) {
        const refused = outcome.flaws.map(({ field, rule }) => ({
          field: field || '/',
          rule,
          message: said(rule),
        }))
        if (options.json) console.log(JSON.stringify({ refused }))
        for (const { field, rule, message } of refused)
          console.error(`cairn: refused. ${field}: ${rule}${message ? `. ${message}` : ''}`)
        process.exitCode = exitCodes.failed
      } else if (options.json) console.log(JSON.stringify(outcome))
      else console.log(outcome.added ? `Imported ${outcome.name}.` : `${outcome.name} was there already.`)
    })

const said = (rule: string): string => (definitionRules as Record<string, string>)[rule] ?? ''

async function readJson(file: string): Promise<unknown> {
  const text = await (file === '-' ? standardInput() : readFile(file, 'utf8')).catch((error) =>
    Promise.reject(unreadable(error, file)),
  )
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault(`${file} is no JSON.`, 'See: cairn instrument schema', exitCodes.failed)
  }
}

async function standardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

const list = (): Command =>
  new Command('list')
    .description('those that come with Cairn, and those imported')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const all = await withControlPlane(existingFolder(options), ({ instruments }) => instruments.list())
      if (options.json) console.log(JSON.stringify({ instruments: all.map(inShort) }))
      else
        console.log(
          table(
            ['instrument', 'title', 'answered by', 'items', 'scales', 'licence', 'corrects', 'needs', 'from'],
            all
              .map(inShort)
              .map((one) => [
                ...[one.name, one.title, one.informants.join(', '), one.items, one.scales.length],
                one.expires ? `${one.holder}, to ${one.expires}` : one.holder,
                ...[one.corrects, one.needs.join(', ') || null, one.shipped ? 'Cairn' : one.importedAt],
              ]),
          ),
        )
    })

const inShort = ({ definition, shipped, importedAt }: Instrument) => ({
  name: nameOf(definition),
  title: definition.title,
  informants: definition.informants,
  items: definition.items.length,
  scales: scalesOf(definition).map(({ id }) => id),
  scoreOnly: definition.scoreOnly,
  holder: definition.licence.holder,
  expires: definition.licence.expires ?? null,
  corrects: definition.corrects ?? null,
  needs: definition.needs ?? [],
  ...{ shipped, importedAt },
})

const show = (): Command =>
  new Command('show')
    .description('one definition, whole')
    .argument('<id@version>')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (name: string, options: Options) => {
      const found = await withControlPlane(existingFolder(options), ({ instruments }) =>
        instruments.get(name),
      )
      if (!found)
        throw misuse(`Cairn has no instrument ${name}.`, 'cairn instrument list shows those it has.')
      console.log(JSON.stringify(found.definition, null, options.json ? 0 : 2))
    })

const schema = (): Command =>
  new Command('schema')
    .description('JSON Schema of a definition')
    .addOption(jsonOption())
    .action((options: Options) => {
      console.log(JSON.stringify(definitionSchema, null, options.json ? 0 : 2))
    })
