import { Command } from 'commander'
import { migrateControlPlane, migrateLog, migrateWarehouseOf } from '../open.ts'
import { dataOption, folderOf, jsonOption } from '../options.ts'

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('bring the control plane, the event log’s topics and the warehouse to the present form')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nIdempotent; `start` does it too. Goes through the running engine, or starts one for the time it takes.',
    )
    .action(async (options: { data?: string; json?: boolean }) => {
      const folder = folderOf(options)
      const controlPlane = await migrateControlPlane(folder)
      const topics = await migrateLog(folder)
      const warehouse = await migrateWarehouseOf(folder)
      if (options.json) console.log(JSON.stringify({ controlPlane, topics, warehouse }))
      else
        console.log(
          `Control plane: ${controlPlane.length === 0 ? 'nothing to do' : controlPlane.join(', ')}.\n` +
            `Event log: ${topics.length === 0 ? 'nothing to do' : `topic ${topics.join(', ')}`}.\n` +
            `Warehouse: ${warehouse.length === 0 ? 'nothing to do' : `migration ${warehouse.join(', ')}`}.`,
        )
    })
