import { Command } from 'commander'
import { exitCodes } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, whole } from '../options.ts'
import { counted, table } from '../table.ts'

export const auditCommand = (): Command =>
  new Command('audit').description('the record of who changed what').addCommand(verify()).addCommand(list())

const verify = (): Command =>
  new Command('verify')
    .description('walk the hash chain; exits 1 at the first break')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { data?: string; json?: boolean }) => {
      const verdict = await withControlPlane(existingFolder(options), ({ audit }) => audit.verify())
      if (options.json) console.log(JSON.stringify(verdict))
      else if (verdict.whole) console.log(`Whole: ${counted(verdict.entries, 'entry', 'entries')}.`)
      else console.log(`Broken at entry ${verdict.brokenAt}: ${verdict.rule} does not hold.`)
      if (!verdict.whole) process.exitCode = exitCodes.failed
    })

const list = (): Command =>
  new Command('list')
    .description('entries, newest first')
    .option('--limit <n>', 'so many', whole(1, 10_000), 50)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { limit: number; data?: string; json?: boolean }) => {
      const entries = await withControlPlane(existingFolder(options), ({ audit }) =>
        audit.list(options.limit),
      )
      if (options.json) console.log(JSON.stringify({ entries }))
      else
        console.log(
          table(
            ['#', 'at', 'who', 'what', 'to'],
            entries.map((e) => [e.seq, e.at, e.actor, e.action, e.subject]),
          ),
        )
    })
