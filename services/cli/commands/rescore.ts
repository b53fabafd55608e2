import { Command } from 'commander'
import { untilDrained } from '../drained.ts'
import { exitCodes } from '../fault.ts'
import { withControlPlane, withLog, withWarehouse } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode } from '../options.ts'
import { rescore, standing, whatToRescore } from '../rescore.ts'
import { readRunFile } from '../run-file.ts'
import { counted, table } from '../table.ts'

interface Options {
  instrument: string
  authority?: number
  wait?: boolean
  data?: string
  json?: boolean
}

export const rescoreCommand = (): Command =>
  new Command('rescore')
    .description('score past check-ins again, after a definition has been put right')
    .requiredOption('--instrument <id@version>', 'the definition that they name, or the one that corrects it')
    .option('--authority <code>', 'of this authority alone', laCode)
    .option('--wait', 'wait until the figures are worked out, also where the aggregator runs elsewhere')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A definition never changes: import one that says "corrects": "id@version", then rescore. Check-ins that name the
corrected one, or one that it corrects in turn, are read from the log again and their figures replaced; all others come
out as they were. Authorities that share a partition of the log with those chosen are read again with them. Audited.

While Cairn runs here the command waits until the figures are worked out, and exits 1 where a check-in still has the
score of another definition.`,
    )
    .action(async (options: Options) => {
      const folder = existingFolder(options)
      const waits = options.wait === true || readRunFile(folder) !== undefined
      const chosen = await withControlPlane(folder, (controlPlane) =>
        whatToRescore(controlPlane, options.instrument, options.authority),
      )
      const rewound = await withControlPlane(folder, (controlPlane) =>
        withLog(folder, (log) =>
          withWarehouse(folder, (warehouse) => rescore(controlPlane, log, warehouse, chosen)),
        ),
      )
      const records = rewound.reduce((sum, one) => sum + one.records, 0)
      if (waits) await untilDrained(folder, { mark: 'drained', patienceMs: 60_000 })
      const by = await withWarehouse(folder, (warehouse) => standing(warehouse, chosen))
      const others = Object.keys(by).filter((name) => name !== chosen.by)
      if (options.json)
        console.log(JSON.stringify({ ...chosen, rewound, records, waited: waits, scoredBy: by }))
      else {
        console.log(`${counted(records, 'record')} read again; check-ins are scored by ${chosen.by}.`)
        if (!waits) console.log('The aggregator does it as soon as it runs; figures follow.')
        console.log(table(['scored by', 'check-ins'], Object.entries(by)))
      }
      if (!waits || others.length === 0) return
      console.error('cairn: some check-ins still have the score of another definition: run the same again.')
      process.exitCode = exitCodes.failed
    })
