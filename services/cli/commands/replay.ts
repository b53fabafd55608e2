import { Command } from 'commander'
import { type ReplayOptions, replayDfeExclusions } from '../dfe/replay.ts'
import { dataOption, jsonOption, laCode, several } from '../options.ts'

export const replayCommand = (): Command =>
  new Command('replay')
    .description('send published figures as single events, and check what comes out')
    .addCommand(dfeExclusions())

const dfeExclusions = (): Command =>
  new Command('dfe-exclusions')
    .description('permanent and fixed-period exclusions, as the Department for Education published them')
    .requiredOption('--reasons <file>', 'CSV: exclusions by reason')
    .requiredOption('--headcount <file>', 'CSV: pupils on roll, totals and rates')
    .requiredOption('--year <year>', 'academic year of the files, such as 201617')
    .option('--la <code>', 'this authority alone; may be given several times', several(laCode))
    .option('--gateway <url>', 'gateway to ask (default: the one that runs on the data folder)')
    .option('--ingest <url>', 'endpoint to send to (default: the one that runs on the data folder)')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Needs a running Cairn (cairn start). Makes the authorities and one aggregate establishment for each authority and
school type, sends one event an exclusion and one roll an establishment through the public endpoint, waits until they
are in the figures, asks GraphQL, and compares every figure that the Department has not hidden. Exits 1 where any
differs. Its keys and its reader are made for the run and revoked at its end. A second run changes nothing.

With --json the last line is one object:
  events       in the files: exclusions and rolls
  cells        published counts compared = equal + different + hidden (held back by the small-number rule)
  rates        published rates per 100 compared; ratesEqual, to their rounding
  stored       the same counts compared in the warehouse's cells, where nothing is held back; storedEqual

Example:
  cairn replay dfe-exclusions --year 201617 --la 855 --la 857 \\
    --reasons ../shared/data/dfe-exclusions/reasons_201516_201617.csv \\
    --headcount ../shared/data/dfe-exclusions/headcount_201516_201617.csv`,
    )
    .action(async (options: ReplayOptions) => {
      process.exitCode = await replayDfeExclusions(options)
    })
