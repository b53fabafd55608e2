import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import {
  halfTermsOf,
  type SimulationOptions,
  type SimulationTruth,
  simulate,
  simulatedRegister,
  simulatedSource,
  weeksInYear,
} from '@cairn/simulation'
import { Command } from 'commander'
import { Fault, misuse } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, folderOf, jsonOption, whole } from '../options.ts'
import { progressBar } from '../progress-bar.ts'
import { counted, grouped } from '../table.ts'

interface Options extends SimulationOptions {
  out: string
  truth?: string
  split?: boolean
  register?: boolean
  data?: string
  json?: boolean
}

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description('write an invented county: its events, and the truth that figures must come back to')
    .option('--authorities <n>', 'authorities, 1 to 9, with the codes 990 to 998', whole(1, 9), 1)
    .option('--schools <n>', 'schools in all, about 415 pupils each', whole(1, 2_000), 20)
    .option('--weeks <n>', 'teaching weeks from September 2025; 40 are a year', whole(1, 400), 40)
    .option('--seed <n>', 'the same one gives the same bytes', whole(0, 4_294_967_295), 1)
    .option(
      '--out <file>',
      'events as NDJSON, one a line, in the order of the days; - for standard output',
      '-',
    )
    .option('--split', 'a file for each authority, with its code before the ending: an ingest key is for one')
    .option(
      '--truth <file>',
      'JSON of what the figures must be, after every correction; - for standard output',
    )
    .option('--register', 'also register authorities, schools and terms, marked as invented')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Authorities, schools, pupils and all that happens to them are invented: names end in (simulated), URNs lie between
880001 and 882000, events have the source ${simulatedSource}/URN. Some events are late, some sent twice, some corrected or
taken back. Of two programmes one works by a known amount, the other by nothing; the truth has both.

Example
  cairn simulate --schools 40 --out county.ndjson --truth truth.json --register
  cairn key create --authority 990 --source ${simulatedSource}
  cairn send county.ndjson --key KEY

A key sends for one authority, so a county of several is written with --split, and each file sent with its own key:
  cairn simulate --authorities 3 --schools 60 --out county.ndjson --split --register
  cairn key create --authority 991 --source ${simulatedSource}
  cairn send county-991.ndjson --key KEY

What is decided about tiers follows the shipped rules, most of the time. Attendance is sent once a half-term, on its
last day; the truth has sessions by school and half-term, and by year and phase who missed a tenth or half of them.`,
    )
    .action(run)

async function run(options: Options): Promise<void> {
  if (options.schools < options.authorities)
    throw misuse(`--schools ${options.schools}: each of the ${options.authorities} authorities needs one.`)
  if (options.truth !== undefined && same(options.out, options.truth))
    throw misuse('--truth and --out are the same place.', 'Give the truth a file of its own.')
  if (options.split && options.out === '-')
    throw misuse('--split writes files, and --out is standard output.', 'Give --out FILE.')
  if (options.register) await register(options)
  const { authorities, schools, weeks, seed } = options
  const started = performance.now()
  const truth = await written({ authorities, schools, weeks, seed }, options.out, options.split === true)
  const seconds = (performance.now() - started) / 1000
  if (options.truth !== undefined) await writeTruth(truth, options.truth)
  const { emitted, unique, late, superseded, retracted } = truth.events
  const summary = {
    ...{ pupils: truth.pupils, emitted, unique, late, superseded, retracted },
    ...{ seconds: Number(seconds.toFixed(1)), eventsPerSecond: Math.round(emitted / seconds) },
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
  if (options.json && options.out !== '-' && options.truth !== '-') console.log(JSON.stringify(summary))
  else
    console.error(
      `Simulated ${counted(truth.pupils, 'pupil')}: ${counted(emitted, 'event')}, ${grouped(unique)} of them different, ` +
        `${grouped(late)} late, ${grouped(superseded)} corrected, ${grouped(retracted)} taken back.`,
    )
}

const same = (a: string, b: string) => (a === '-' || b === '-' ? a === b : resolve(a) === resolve(b))

/** Writes the events; a reader that goes away (`| head`) ends the command and is no error. */
async function written(options: SimulationOptions, out: string, split: boolean): Promise<SimulationTruth> {
  const progress = out === '-' ? undefined : progressBar('weeks', options.weeks)
  const events = simulate(options, (week) => progress?.to(week - 1))
  const sink = out === '-' ? standardOutput() : split ? fileSinks(out) : await fileSink(out, '--out')
  try {
    let step = events.next()
    for (; !step.done; step = events.next()) await sink.write(step.value.bytes, step.value.authority)
    progress?.to(options.weeks)
    return step.value
  } catch (error) {
    throw unwritable(error, out, '--out')
  } finally {
    progress?.stop()
    await sink.close()
  }
}

interface Sink {
  /** Resolves when the bytes may be overwritten. */
  write(bytes: Uint8Array, authority?: number): Promise<unknown>
  close(): Promise<void>
}

async function fileSink(path: string, option: string): Promise<Sink> {
  let file: FileHandle
  try {
    file = await open(path, 'w')
  } catch (error) {
    throw unwritable(error, path, option)
  }
  return { write: (bytes) => file.writeFile(bytes), close: () => file.close() }
}

/** `county.ndjson` → `county-990.ndjson` and so on. */
export function fileOf(out: string, authority: number): string {
  const ending = extname(out)
  return `${out.slice(0, out.length - ending.length)}-${authority}${ending}`
}

function fileSinks(out: string): Sink {
  const sinks = new Map<number, Sink>()
  return {
    write: async (bytes, authority = 0) => {
      let sink = sinks.get(authority)
      if (!sink) {
        sink = await fileSink(fileOf(out, authority), '--out')
        sinks.set(authority, sink)
      }
      return sink.write(bytes)
    },
    close: async () => {
      for (const sink of sinks.values()) await sink.close()
    },
  }
}

function standardOutput(): Sink {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    write: (bytes) => new Promise<void>((done) => process.stdout.write(bytes, () => done())),
    close: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
    },
  }
}

async function writeTruth(truth: SimulationTruth, path: string): Promise<void> {
  const text = `${JSON.stringify(truth, null, 1)}\n`
  const sink = path === '-' ? standardOutput() : await fileSink(path, '--truth')
  await sink.write(Buffer.from(text))
  await sink.close()
}

function unwritable(error: unknown, path: string, option: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string'
    ? new Fault(`${option} ${path} cannot be written: ${code}.`, 'Name another file.')
    : error
}

/** Makes the county known to the control plane, so that its events are taken and its terms can be asked for. */
async function register({ data, ...options }: Options): Promise<void> {
  const known = simulatedRegister(options)
  await withControlPlane(folderOf({ data }), async ({ authorities, schools, calendars }) => {
    for (const authority of known.authorities)
      if (!(await authorities.get(authority.code))) await authorities.add(authority)
    const { refused } = await schools.import(known.schools)
    if (refused.length > 0) throw new Fault(`${counted(refused.length, 'school')} cannot be registered.`)
    for (const { code: authority } of known.authorities)
      for (let year = 0; year < Math.ceil(options.weeks / weeksInYear); year++)
        await calendars.set({
          ...{ authority, school: null, academicYear: 2025 + year },
          halfTerms: halfTermsOf(year),
        })
  })
  console.error(
    `Registered ${counted(known.schools.length, 'invented school')} of ${known.authorities.map(({ name }) => name).join(', ')}.`,
  )
}
