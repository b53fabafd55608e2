import { Command } from 'commander'
import { exitCodes, misuse } from '../fault.ts'
import { withControlPlane, withLog, withWarehouse } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode, whole } from '../options.ts'
import { type Held, held, replay, shapeOf } from '../quarantine.ts'
import { counted, table } from '../table.ts'

interface ListOptions {
  authority?: number
  limit: number
  data?: string
  json?: boolean
}

export const quarantineCommand = (): Command =>
  new Command('quarantine')
    .description('records that could not become figures, and conflicts')
    .addCommand(list())
    .addCommand(show())
    .addCommand(again())

const list = (): Command =>
  new Command('list')
    .description('what is held back, by its place in the log')
    .option('--authority <code>', 'of this authority alone', laCode)
    .option('--limit <n>', 'so many of each kind', whole(1, 100_000), 200)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
malformed, unprocessable   the record breaks a rule: make it right at the source and send it with a higher version, or,
                           once Cairn knows what it did not know then (an instrument), replay it
conflict                   the same id and version as an earlier record with other content; the earlier one counts:
                           if the later one is right, send it with a higher version`,
    )
    .action(async (options: ListOptions) => {
      const found = await withHeld(options, async (all) => all)
      if (options.json) console.log(JSON.stringify({ held: found }))
      else if (found.length === 0) console.log('Nothing is in quarantine, and there is no conflict.')
      else
        console.log(
          table(
            ['record', 'LA', 'reason', 'type', 'field', 'rule', 'received', 'state'],
            found.map((one) => [
              one.record,
              String(one.authority),
              one.reason,
              one.type,
              one.field,
              one.rule,
              one.at,
              one.state,
            ]),
          ),
        )
    })

const show = (): Command =>
  new Command('show')
    .description('one record: why it is held back, and its shape')
    .argument('<record>', 'partition/offset, as list has it')
    .option('--values', 'show its values too (pupils are pseudonyms)')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (record: string, options: { values?: boolean; data?: string; json?: boolean }) => {
      const [partition, offset] = placeOf(record)
      const folder = existingFolder(options)
      const stored = await withLog(folder, (log) => log.read(partition, offset))
      if (!stored)
        throw misuse(`The log has no record ${record}.`, 'cairn quarantine list shows those held back.')
      const why = await withHeld({ authority: stored.authority, limit: 100_000, ...options }, async (all) =>
        all.find((one) => one.record === record),
      )
      const content = options.values ? parsed(stored.value) : shapeOf(parsed(stored.value))
      const at = new Date(stored.appendedAt).toISOString()
      if (options.json) {
        console.log(
          JSON.stringify({
            record,
            authority: stored.authority,
            at,
            held: why ?? null,
            headers: stored.headers,
            data: content,
          }),
        )
        return
      }
      console.log(`Record ${record} of authority ${stored.authority}, received ${at}`)
      console.log(
        why ? `Held back: ${why.reason}. ${why.field}: ${why.rule}\n${why.wayOut}` : 'Not held back.',
      )
      console.log(table(['header', 'value'], Object.entries(stored.headers)))
      console.log(JSON.stringify(content, null, 2))
    })

interface AgainOptions {
  all?: boolean
  authority?: number
  data?: string
  json?: boolean
}

const again = (): Command =>
  new Command('replay')
    .description('append quarantined records to the log once more; audited')
    .argument('[records...]', 'partition/offset, as list has them')
    .option('--all', 'all that wait')
    .option('--authority <code>', 'with --all: of this authority alone', laCode)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nThe copy names its original (header cairn_replay_of). What still breaks a rule comes back into quarantine.',
    )
    .action(async (records: string[], options: AgainOptions) => {
      if (records.length === 0 && !options.all)
        throw misuse('Name records, or give --all.', 'cairn quarantine list shows them.')
      const folder = existingFolder(options)
      const chosen = await withHeld({ limit: 100_000, ...options }, async (all) =>
        choose(all, records, options.all ?? false),
      )
      const appended = await withControlPlane(folder, (controlPlane) =>
        withLog(folder, (log) => replay(chosen, log, controlPlane.audit)),
      )
      if (options.json) console.log(JSON.stringify({ replayed: appended }))
      else
        console.log(appended === 0 ? 'Nothing waits.' : `${counted(appended, 'record')} appended once more.`)
      process.exitCode = exitCodes.done
    })

function choose(all: readonly Held[], records: readonly string[], everything: boolean): Held[] {
  if (everything) return all.filter((one) => one.reason !== 'conflict' && one.state === 'waits')
  return records.map((record) => {
    placeOf(record)
    const found = all.find((one) => one.record === record)
    if (!found)
      throw misuse(`Record ${record} is not in quarantine.`, 'cairn quarantine list shows those that are.')
    if (found.reason === 'conflict')
      throw misuse(`Record ${record} is a conflict: replaying it changes nothing.`, found.wayOut)
    return found
  })
}

function placeOf(record: string): [partition: number, offset: number] {
  const [, partition, offset] = /^(\d+)\/(\d+)$/.exec(record) ?? []
  if (!partition || !offset) throw misuse('A record is named partition/offset, such as 3/1200.')
  return [Number(partition), Number(offset)]
}

function withHeld<T>(options: ListOptions, work: (all: Held[]) => Promise<T>): Promise<T> {
  const folder = existingFolder(options)
  return withControlPlane(folder, (controlPlane) =>
    withLog(folder, (log) =>
      withWarehouse(folder, async (warehouse) => {
        const all = (await controlPlane.authorities.list()).map((one) => one.code)
        const codes = options.authority === undefined ? all : [options.authority]
        return work(await held(warehouse, log, codes, options.limit))
      }),
    ),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
