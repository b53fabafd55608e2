import { type CubeProfile, type Overrides, shipped, stampOf } from '@cairn/disclosure'
import { Command, InvalidArgumentError, Option } from 'commander'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode, whole } from '../options.ts'
import { type CellValue, table } from '../table.ts'

export const profileCommand = (): Command =>
  new Command('profile')
    .description('disclosure profiles: from which number on figures are shown')
    .addCommand(tighten())
    .addCommand(list())

interface Options {
  data?: string
  json?: boolean
}

function share(text: string): number {
  const value = Number(text)
  if (!/^(0?\.\d+|1)$/.test(text) || value <= 0) throw new InvalidArgumentError('Above 0, up to 1.')
  return value
}

const number = whole(0, 1_000_000)

const tighten = (): Command =>
  new Command('tighten')
    .description('add the next version of an authority’s own, stricter form of a profile')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .addOption(
      new Option('--base <profile>', 'the profile as shipped that it is a form of')
        .choices(shipped.map(({ id }) => id))
        .default('standard'),
    )
    .option('--smallest-denominator <n>', 'denominators from 1 to below it are held back', number)
    .option('--smallest-count <n>', 'counts, and all but so many, from 1 to below it are', number)
    .option('--smallest-sample <n>', 'means and medians of fewer values are', number)
    .option('--round-to <n>', 'the rest is rounded to a multiple of it', number)
    .option('--smallest-schools <n>', 'with fewer schools nothing across schools is published', number)
    .option('--smallest-contributors <n>', 'an authority’s figure comes from so many schools', number)
    .option('--largest-share <share>', '… none with a greater share of it, such as 0.8', share)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Each threshold may only be stricter than that of the profile as shipped; what is not named stays as it is there. A version is
added and never changed. It decides from the next academic year on that is released, as a year stays under the profile that it
began with; own-school (what a school's lead is told of the own school) decides within seconds.`,
    )
    .action(async (options: Options & Overrides & { authority: number; base: string }) => {
      const { authority, base, data: _, json, ...overrides } = options
      const added = await withControlPlane(existingFolder(options), ({ profiles }) =>
        profiles.tighten(authority, base, overrides),
      )
      const { profile, ...rest } = added
      if (json) console.log(JSON.stringify({ ...rest, stamp: stampOf(profile), profile }))
      else console.log(`Added ${stampOf(profile)} for authority ${authority}, a stricter form of ${base}.`)
    })

interface Listed {
  readonly profile: CubeProfile
  /** Null: as shipped. */
  readonly addedAt: string | null
}

const list = (): Command =>
  new Command('list')
    .description(
      'profiles as shipped and, of an authority, every version of its own; the last of a kind decides',
    )
    .option('--authority <code>', 'with those of this authority', laCode)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: Options & { authority?: number }) => {
      const { authority } = options
      const own =
        authority === undefined
          ? []
          : await withControlPlane(existingFolder(options), ({ profiles }) => profiles.list(authority))
      const all = shipped.flatMap((profile): Listed[] => [
        { profile, addedAt: null },
        ...own.filter(({ base }) => base === profile.id),
      ])
      if (options.json)
        console.log(
          JSON.stringify({
            profiles: all.map(({ profile, addedAt }) => ({ stamp: stampOf(profile), ...profile, addedAt })),
          }),
        )
      else
        console.log(
          table(
            [
              ...[
                'profile',
                'denominator',
                'count',
                'sample',
                'round to',
                'schools',
                'contributors',
                'share',
              ],
              'added',
            ],
            all.map(({ profile: one, addedAt }): CellValue[] => [
              ...[stampOf(one), one.smallestDenominator, one.smallestCount, one.smallestSample, one.roundTo],
              ...[one.smallestSchools, one.smallestContributors, one.largestShare],
              addedAt ?? 'as shipped',
            ]),
          ),
        )
    })
