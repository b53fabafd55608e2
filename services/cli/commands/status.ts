import type { GroupState } from '@cairn/event-log'
import { yearText } from '@cairn/warehouse'
import { Command } from 'commander'
import { exitCodes } from '../fault.ts'
import { withControlPlane, withLog, withWarehouse } from '../open.ts'
import { dataOption, existingFolder, jsonOption } from '../options.ts'
import { type ReleaseStanding, releaseStandingOf } from '../releases.ts'
import { type RunFile, readRunFile } from '../run-file.ts'
import { accountsFor, type Standing, standingOf } from '../standing.ts'
import { counted, table } from '../table.ts'

export const statusCommand = (): Command =>
  new Command('status')
    .description('what runs, how far and how fresh the figures are, and whether every event is accounted for')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Goes through the running engine, or starts one for the time it takes.

Partitions  log end: records received; facts, cells, periods, tiers: how many of them are in the warehouse, in the
            weekly cells, in the cells of longer periods, in recommendations of tiers; receipts: counted in the warehouse, equal to facts.
Authorities accepted = current + superseded + duplicates + conflicts + quarantined + retracted + erased, each counted
            on its own from receipts; facts: the same as current, counted from the facts themselves.

Releases    one line for each authority and year of which half-terms have closed that no release holds yet: they are made by
            themselves within the hour, or refused, by which rule and since when; and what the last audit as each
            school's lead found (cairn release audit says of which metrics).

Exits 1 where a difference is not 0, or a release exposes a figure.`,
    )
    .action(async (options: { data?: string; json?: boolean }) => {
      const folder = existingFolder(options)
      const run = readRunFile(folder)
      const { releases, ...standing } = await withControlPlane(folder, (controlPlane) =>
        withLog(folder, (log) =>
          withWarehouse(folder, async (warehouse) => {
            const standing = await standingOf(controlPlane, log, warehouse)
            const authorities = standing.authorities.flatMap(({ authority, accepted }) =>
              accepted > 0 ? [authority] : [],
            )
            const sources = { controlPlane, log, warehouse }
            return {
              ...standing,
              releases: await releaseStandingOf(sources, { authorities, now: new Date() }),
            }
          }),
        ),
      )
      const whole = accountsFor(standing)
      if (options.json) {
        const running = run
          ? { pid: run.pid, gateway: run.gateway, ingest: run.ingest, pids: run.pids }
          : null
        console.log(JSON.stringify({ running, whole, ...standing, ...releases }))
      } else console.log([inWords(run, standing, whole), ...releasesInWords(releases)].join('\n'))
      if (!whole || releases.audits.some(({ exposed }) => exposed > 0)) process.exitCode = exitCodes.failed
    })

function releasesInWords({ overdue, refused, audits, unaudited }: ReleaseStanding): string[] {
  const of = ({ authority, year }: { authority: number; year: number }) =>
    `authority ${authority}, ${yearText(year)}`
  const isRefused = new Set(refused.map(of))
  const leaks = audits.filter(({ exposed }) => exposed > 0)
  return [
    ...refused.map((one) => `Release REFUSED: ${of(one)}, since ${minute(one.since)}: ${one.why}.`),
    ...overdue
      .filter((one) => !isRefused.has(of(one)))
      .map(
        ({ closed, released, why, ...one }) =>
          `Release overdue: ${of(one)}, ${closed} half-terms have closed and ${released} are released${why && `: ${why}`}.`,
      ),
    ...leaks.map(
      ({ release, exposed, at }) =>
        `Release ${release} EXPOSES ${counted(exposed, 'protected figure')}, audited ${minute(at)}: cairn release audit says of which metrics.`,
    ),
    ...(audits.length > leaks.length
      ? [
          `${counted(audits.length - leaks.length, 'release')} audited as each school’s lead, exposing nothing; the oldest audit is of ${minute(audits.map(({ at }) => at).sort()[0]!)}.`,
        ]
      : []),
    ...(unaudited.length > 0 ? [`Not audited yet: ${unaudited.join(', ')}.`] : []),
  ]
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ')

function inWords(
  run: RunFile | undefined,
  { partitions, authorities, moving, group }: Standing,
  whole: boolean,
): string {
  const waiting = partitions.reduce((sum, one) => sum + one.waiting, 0)
  const tiersWaiting = partitions.reduce((sum, one) => sum + one.tiersWaiting, 0)
  const used = partitions.filter((one) => one.end > 0)
  return [
    run
      ? `Running (process ${run.pid}): gateway ${run.gateway}, ingest ${run.ingest}\n  ${Object.entries(
          run.pids,
        )
          .map(([name, pid]) => `${name} ${pid}`)
          .join(', ')}`
      : 'Nothing is running.',
    '',
    ...(group ? [`Kafka’s group of aggregators: ${groupInWords(group)}.`, ''] : []),
    used.length === 0
      ? 'No events yet.'
      : table(
          [
            'partition',
            'log end',
            'facts',
            'cells',
            'periods',
            'tiers',
            'waiting',
            'receipts',
            'difference',
            'figures as of',
            'tiers as of',
            'owner',
          ],
          used.map((p) => [
            p.partition,
            p.end,
            p.offset,
            p.drained,
            p.settled,
            p.tiered,
            p.waiting,
            p.receipts,
            p.difference,
            p.waiting === 0 ? 'now' : age(p.drainedAt),
            p.tiersWaiting === 0 ? 'now' : age(p.tieredAt),
            p.owner ?? 'nobody',
          ]),
        ),
    '',
    ...(authorities.length === 0
      ? []
      : [
          table(
            [
              'LA',
              'accepted',
              'current',
              'superseded',
              'duplicates',
              'conflicts',
              'quarantined',
              'retracted',
              'erased',
              'difference',
              'facts',
            ],
            authorities.map((a) => [
              String(a.authority),
              a.accepted,
              a.current,
              a.superseded,
              a.duplicates,
              a.conflicts,
              a.quarantined,
              a.retracted,
              a.erased,
              a.difference,
              a.currentFacts,
            ]),
          ),
          '',
        ]),
    ...(moving ? ['Events are being taken right now: receipts may be ahead of the ledger.'] : []),
    waiting === 0
      ? 'Everything received is in the figures.'
      : `${waiting} received and not yet in the figures.`,
    ...(tiersWaiting === 0 ? [] : [`Tiers do not know of ${tiersWaiting} yet.`]),
    whole ? 'Every event is accounted for.' : 'NOT every event is accounted for: see the differences above.',
  ].join('\n')
}

/** @see https://kafka.apache.org/documentation/#consumerconfigs for the states */
const groupInWords = ({ state, members }: GroupState): string =>
  `${state}, ${members} ${members === 1 ? 'member' : 'members'}${/Rebalance/.test(state) ? ': it is being decided who has which partition' : ''}`

function age(time: string | null): string {
  if (time === null) return 'never'
  const seconds = Math.round((Date.now() - Date.parse(time)) / 1000)
  return seconds < 120 ? `${seconds} s ago` : minute(time)
}
