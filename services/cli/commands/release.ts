import { operatorScope } from '@cairn/access/operator'
import { type CubeProfile, standard, strict } from '@cairn/disclosure'
import { grains } from '@cairn/metrics'
import {
  type ReleaseInfo,
  readReleasedFigures,
  readReleases,
  releaseFrom,
  releaseName,
  usualSettleDays,
  yearFrom,
  yearText,
} from '@cairn/warehouse'
import {
  type AuditedRelease,
  auditRelease,
  type Carried,
  type Closed,
  profileToClose,
  readCarried,
} from '@cairn/warehouse/closing'
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes, Fault, misuse } from '../fault.ts'
import { withControlPlane, withLog, withWarehouse } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode } from '../options.ts'
import { closeYear, dueReleases } from '../releases.ts'
import { type CellValue, counted, grouped, table } from '../table.ts'

const profiles: Readonly<Record<string, CubeProfile>> = { standard, strict }

interface Options {
  authority?: number
  year?: number
  data?: string
  json?: boolean
}

export const releaseCommand = (): Command =>
  new Command('release')
    .description('figures of closed half-terms and academic years, frozen for good')
    .addCommand(close())
    .addCommand(due())
    .addCommand(list())
    .addCommand(show())
    .addCommand(audit())

interface CloseOptions extends Options {
  authority: number
  year: number
  profile?: string
  settleDays: number
  through?: number
}

function academicYear(text: string): number {
  const year = yearFrom(text)
  if (year === undefined) throw new InvalidArgumentError('Six digits of two years in a row, such as 202526.')
  return year
}

function halfTerm(text: string): number {
  if (!/^[1-6]$/.test(text)) throw new InvalidArgumentError('A half-term of the year, 1 to 6.')
  return Number(text)
}

function wholeDays(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Whole days, 0 to 999.')
  return Number(text)
}

const settleOption = () =>
  new Option('--settle-days <days>', 'after the last day of a half-term, for what is sent late')
    .argParser(wholeDays)
    .default(usualSettleDays)

const close = (): Command =>
  new Command('close')
    .description('freeze what may be published of a year so far; the same figures again make no new release')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .requiredOption('--year <year>', 'academic year, such as 202526', academicYear)
    .addOption(
      new Option(
        '--profile <profile>',
        'disclosure profile, in the authority’s own form where it has one; absent, that of the year, of the year before, or standard',
      ).choices(Object.keys(profiles)),
    )
    .addOption(new Option('--through <half-term>', 'no half-term after this one').argParser(halfTerm))
    .addOption(settleOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Published are the authority's totals by week and half-term and its schools' by half-term: of every half-term that has
closed. Terms and the year come once the year has closed: before, they would be told from their parts.
What was corrected since enters the next release, a school's rows only where each figure that changed has moved by as
many as may be shown. An earlier release stays as it was and can always be asked for: AUTHORITY/YEAR/NUMBER.`,
    )
    .action(async (options: CloseOptions) => {
      const folder = existingFolder(options)
      const { authority, year, through, settleDays } = options
      const base = options.profile === undefined ? undefined : profiles[options.profile]
      const closed = await withControlPlane(folder, (controlPlane) =>
        withLog(folder, (log) =>
          withWarehouse(folder, async (warehouse) =>
            closeYear(
              { controlPlane, log, warehouse },
              {
                authority,
                year,
                profile: await profileToClose(
                  { controlPlane, warehouse },
                  { scope: operatorScope([authority]), authority, year, base },
                ),
                through,
                settleDays,
                now: new Date(),
              },
            ),
          ),
        ),
      )
      if (options.json) console.log(JSON.stringify(closedJson(closed)))
      else console.log(closedText(closed))
    })

const closedJson = ({ release, ...rest }: Closed) => ({ ...releaseJson(release), ...rest })

const releaseJson = ({ definitions, ...release }: ReleaseInfo) => ({
  release: releaseName(release),
  ...release,
  definitions: Object.fromEntries(definitions),
})

function closedText({ release, isNew, hidden, carried, withheld, excluded, kept, ms }: Closed): string {
  const { withoutRoll, since, beyondRoll } = excluded
  const schools = (count: number) => counted(count, 'school')
  return [
    isNew
      ? `Released ${releaseName(release)}: ${grouped(release.figures)} figures of ${schools(release.schools)}, ${reachOf(release)}, ${grouped(hidden)} held back, profile ${release.profile}.`
      : `Nothing that may be seen has changed: ${releaseName(release)} stays the latest.`,
    carried.length > 0 ? `${schools(carried.length)}: old rows carried, too little was corrected.` : '',
    ...kept.map(carriedText),
    withoutRoll.length > 0 ? `${schools(withoutRoll.length)} without a roll: left out.` : '',
    since.length > 0 ? `${schools(since.length)} new since the first release: left out.` : '',
    ...beyondRoll.map(({ school, metric }) => `School ${school}: more pupils in ${metric} than on its roll.`),
    ...withheld.map(({ metric, what }) => `${metric}: ${what}, as the audit found no other way.`),
    `Read ${ms.read} ms, suppressed ${ms.suppress} ms, written ${ms.write} ms.`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

const reachOf = ({ through, isComplete }: Pick<ReleaseInfo, 'through' | 'isComplete'>): string =>
  isComplete ? 'the whole year' : through === 1 ? 'half-term 1' : `half-terms 1 to ${through}`

const carriedText = ({ metric, what, why }: Carried): string => `${metric}: ${what}, as ${why}.`

const due = (): Command =>
  new Command('due')
    .description('what can be released of each authority, and why the rest cannot')
    .option('--authority <code>', 'of this authority alone', laCode)
    .option('--year <year>', 'of this academic year; absent, of this one and the last', academicYear)
    .addOption(settleOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: Options & { settleDays: number }) => {
      const folder = existingFolder(options)
      const now = new Date()
      const all = await withControlPlane(folder, (controlPlane) =>
        withLog(folder, (log) =>
          withWarehouse(folder, async (warehouse) => {
            const listed = (await controlPlane.authorities.list()).map(({ code }) => code)
            const codes = options.authority === undefined ? listed : [options.authority]
            return dueReleases(
              { controlPlane, log, warehouse },
              {
                ...{ authorities: codes, years: options.year === undefined ? undefined : [options.year] },
                ...{ now, settleDays: options.settleDays },
              },
            )
          }),
        ),
      )
      if (options.json) console.log(JSON.stringify({ due: all }))
      else
        console.log(
          table(
            ['authority', 'year', 'closed', 'released', 'due', 'why'],
            all.map((one) => [
              ...[one.authority, yearText(one.year), `${one.closed} of 6`, `${one.released} of 6`],
              ...[one.isDue ? 'yes' : 'no', one.why],
            ]),
          ),
        )
    })

const everyYear = Array.from({ length: 111 }, (_, i) => 1990 + i)

const list = (): Command =>
  new Command('list')
    .description('every release, oldest first')
    .option('--authority <code>', 'of this authority alone', laCode)
    .option('--year <year>', 'of this academic year alone, such as 202526', academicYear)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const folder = existingFolder(options)
      const all = await withControlPlane(folder, ({ authorities }) => authorities.list())
      const codes = options.authority === undefined ? all.map(({ code }) => code) : [options.authority]
      const years = options.year === undefined ? everyYear : [options.year]
      const found = await withWarehouse(folder, (warehouse) =>
        readReleases(warehouse, operatorScope(codes), years),
      )
      if (options.json) console.log(JSON.stringify({ releases: found.map(releaseJson) }))
      else if (found.length === 0) console.log('There is no release. cairn release close makes one.')
      else
        console.log(
          table(
            ['release', 'closed', 'profile', 'schools', 'figures', 'digest'],
            found.map((one) => [
              ...[releaseName(one), one.closedAt, one.profile],
              ...[one.schools, one.figures, one.digest.slice(0, 12)],
            ]),
          ),
        )
    })

const show = (): Command =>
  new Command('show')
    .description('the figures of a release')
    .argument('<release>', 'AUTHORITY/YEAR/NUMBER, such as 855/202526/1; without a number, the latest')
    .option('--metric <id>', 'of this metric alone')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (name: string, options: Options & { metric?: string }) => {
      const asked = releaseFrom(name)
      if (!asked) throw misuse('A release is named AUTHORITY/YEAR/NUMBER, such as 855/202526/1.')
      const scope = operatorScope([asked.authority])
      const { release, figures, carried, ms } = await withWarehouse(
        existingFolder(options),
        async (warehouse) => {
          const started = performance.now()
          const all = await readReleases(warehouse, scope, [asked.year])
          const release =
            asked.number === 'latest' ? all.at(-1) : all.find(({ number }) => number === asked.number)
          if (!release)
            throw new Fault(`There is no release ${name}.`, 'cairn release list shows those there are.')
          const ids = options.metric ? [options.metric] : [...release.definitions.keys()]
          const figures = await readReleasedFigures(warehouse, scope, { release, metrics: ids, grains })
          const ms = Math.round(performance.now() - started)
          return { release, figures, carried: await readCarried(warehouse, release), ms }
        },
      )
      if (options.json) {
        console.log(JSON.stringify({ ...releaseJson(release), carried, rows: figures, ms }))
        return
      }
      console.log(
        `${releaseName(release)}, closed ${release.closedAt}, profile ${release.profile}, ${reachOf(release)}: read in ${ms} ms`,
      )
      for (const one of carried) console.log(carriedText(one))
      const marks = { published: null, hidden: 'c', unavailable: 'x' } as const
      console.log(
        table(
          ['metric', 'by', 'school', 'grain', 'period', 'value'],
          figures.map((one): CellValue[] => [
            ...[
              one.metric,
              one.by,
              one.school === 0 ? 'all' : String(one.school),
              one.grain,
              String(one.period),
            ],
            marks[one.status] ?? String(one.value),
          ]),
        ),
      )
    })

const audit = (): Command =>
  new Command('audit')
    .description(
      'look at the newest release of a year as anyone and as the lead of each school: does it expose anything',
    )
    .requiredOption('--authority <code>', 'LA code', laCode)
    .requiredOption('--year <year>', 'academic year, such as 202526', academicYear)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Counts protected figures of other schools that can be narrowed down too far from what is shown, by metric; which ones
they are is not said. Exits 1 where there is one. The aggregator does the same once a day. A second for 240 schools.`,
    )
    .action(async (options: Options & { authority: number; year: number }) => {
      const { authority, year } = options
      const folder = existingFolder(options)
      const found = await withWarehouse(folder, (warehouse) =>
        auditRelease(warehouse, { scope: operatorScope([authority]), authority, year }),
      )
      if (!found)
        throw new Fault(
          `Authority ${authority} has no release of ${yearText(year)}.`,
          'cairn release list shows those there are.',
        )
      await withControlPlane(folder, ({ releaseStates }) =>
        releaseStates.audited(authority, year, releaseName(found.release), found.exposed),
      )
      if (options.json) console.log(JSON.stringify({ ...found, release: releaseName(found.release) }))
      else console.log(auditText(found))
      if (found.exposed > 0) process.exitCode = exitCodes.failed
    })

const auditText = ({ release, metrics, exposed, ms }: AuditedRelease): string =>
  [
    table(
      ['metric', 'exposed to anyone', 'to a school’s lead'],
      metrics.map((one) => [one.metric, one.toPublic, one.toLeads]),
    ),
    exposed === 0
      ? `${releaseName(release)} exposes nothing: looked at as anyone and as each of ${counted(release.schools, 'lead')} in ${ms} ms.`
      : `${releaseName(release)} EXPOSES ${counted(exposed, 'protected figure')}.`,
  ].join('\n')
