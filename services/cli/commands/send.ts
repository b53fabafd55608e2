import { eventTypes } from '@cairn/contracts'
import { Command, Option } from 'commander'
import { readEnv } from '../env.ts'
import { batchesAsync, inFlight } from '../events/in-flight.ts'
import { type Input, readInput } from '../events/input.ts'
import { type ItemAnswer, sendBatch } from '../events/sender.ts'
import { exitCodes, misuse } from '../fault.ts'
import { dataOption, folderOf, jsonOption, whole } from '../options.ts'
import { progressBar } from '../progress-bar.ts'
import { readRunFile } from '../run-file.ts'
import { grouped, table } from '../table.ts'

interface SendOptions {
  key?: string
  url?: string
  format?: 'ndjson' | 'csv'
  type?: string
  source?: string
  batch: number
  data?: string
  json?: boolean
}

export const sendCommand = (): Command =>
  new Command('send')
    .description('send a file of events')
    .argument(
      '<file>',
      'NDJSON (a CloudEvent on each line) or CSV (an event on each row); - for standard input',
    )
    .option('--key <key>', 'ingest key (default: $CAIRN_KEY, which keeps it out of the shell’s history)')
    .option(
      '--url <url>',
      'endpoint (default: the one that runs on the data folder, else http://127.0.0.1:4001)',
    )
    .addOption(
      new Option('--format <format>', 'default: csv for *.csv, else ndjson').choices(['ndjson', 'csv']),
    )
    .addOption(new Option('--type <type>', 'CSV: event type of every row').choices([...eventTypes.keys()]))
    .option('--source <source>', 'CSV: source of every row')
    .option('--batch <n>', 'events in one request', whole(1, 10_000), 1_000)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Sends in compressed batches; what cannot be taken now (503, 429, no connection) is sent again. Sending a file twice
does no harm: an event counts once by its source and id. Exits 1 where events were refused; the others are taken.

CSV: ce_id is the event's id; ce_version, ce_time, ce_subject and, in place of the options, ce_type and ce_source may
be columns too. Every other column is a field of the event by its path; the parts of a list of codes stand in one
cell with ; between them, lists of objects are counted (rows.0.headcount) or stand in a cell as JSON. An empty cell
leaves the field out.

  exclusions.csv                                          check-ins.csv
    ce_id,school,pupil,type,startsOn,reasons,sessions       ce_id,school,pupil,instrument,informant,submittedOn,answers.bonding_1,…
    x-1,120001,P-17,SUSP,2025-10-06,PP;VP,4                 c-1,120001,P-17,resilience-wheel@1,self,2025-10-06,4,…

  cairn send exclusions.csv --type exclusion.recorded --source urn:mis:120001
  cairn send events.ndjson`,
    )
    .action(async (file: string, options: SendOptions) => {
      process.exitCode = await send(file, options)
    })

interface Refused {
  /** In the file. */
  readonly line: number
  readonly id: string | null
  readonly errors: NonNullable<ItemAnswer['errors']>
}

const inFlightBatches = 3
const mostListed = 10

async function send(file: string, options: SendOptions): Promise<number> {
  const key = options.key ?? readEnv().CAIRN_KEY
  if (!key)
    throw misuse('A key is needed.', 'Set CAIRN_KEY, or give --key. Make one: cairn key create --help')
  const url = options.url ?? readRunFile(folderOf(options))?.ingest ?? 'http://127.0.0.1:4001'
  const format = options.format ?? (file.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson')
  const input = await readInput(file, format, options)
  const bar = progressBar('sent (bytes read)', input.bytes)
  const sum = { sent: 0, accepted: 0, duplicates: 0, refused: 0 }
  const refusals: Refused[] = []
  let bytes = 0
  const onWait = (reason: string, waitMs: number) => {
    if (!process.stderr.isTTY) console.error(`waiting ${waitMs / 1000} s: ${reason}`)
  }
  try {
    await inFlight(batchesAsync(input.events, options.batch), inFlightBatches, async (batch) => {
      const answer = await sendBatch(
        batch.map((one) => one.text),
        { url, key, onWait },
      )
      sum.sent += batch.length
      sum.accepted += answer.accepted
      sum.duplicates += answer.duplicates
      sum.refused += answer.refused
      refusals.push(...refusedOf(answer.items, batch))
      bytes += batch.reduce((n, one) => n + one.bytes, 0)
      bar.to(Math.min(bytes, input.bytes))
    })
    bar.to(input.bytes)
  } finally {
    bar.stop()
  }
  refusals.sort((a, b) => a.line - b.line)
  if (options.json) console.log(JSON.stringify({ ...sum, refusals: refusals.slice(0, 100) }))
  else console.log(inWords(sum, refusals))
  return sum.refused > 0 ? exitCodes.failed : exitCodes.done
}

const refusedOf = (items: readonly ItemAnswer[], batch: readonly Input[]): Refused[] =>
  items
    .filter((item) => item.status === 'refused')
    .map(({ index, id, errors = [] }) => ({ line: batch[index]!.line, id, errors }))

function inWords(
  {
    sent,
    accepted,
    duplicates,
    refused,
  }: { sent: number; accepted: number; duplicates: number; refused: number },
  refusals: readonly Refused[],
): string {
  const counts = `Sent ${grouped(sent)}: ${grouped(accepted)} accepted, ${grouped(duplicates)} twice in a request, ${grouped(refused)} refused.`
  if (refused === 0) return counts
  const rows = refusals
    .slice(0, mostListed)
    .map(({ line, id, errors }) => [
      String(line),
      id,
      errors[0]?.field || '(event)',
      errors[0]?.rule ?? '',
      errors[0]?.message ?? '',
    ])
  const more = refusals.length > mostListed ? `\n… and ${grouped(refusals.length - mostListed)} more.` : ''
  return `${counts}\n\n${table(['line', 'id', 'field', 'rule', 'in words'], rows)}${more}`
}
