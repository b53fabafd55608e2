import { existsSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { type DataFolder, dataFolder } from './data-folder.ts'
import { readEnv } from './env.ts'
import { Fault } from './fault.ts'

/** `--data DIR`. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'data folder (default: $CAIRN_DATA, else .cairn here)')

export const jsonOption = (): Option => new Option('--json', 'print one JSON object as the last line')

/** The data folder that a command works on. */
export const folderOf = (options: { data?: string }): DataFolder =>
  dataFolder(options.data ?? readEnv().CAIRN_DATA)

/** The same for a command that makes nothing: a mistyped folder is said, and not made. */
export function existingFolder(options: { data?: string }): DataFolder {
  const folder = folderOf(options)
  if (readEnv().DATABASE_URL || existsSync(folder.controlPlane)) return folder
  throw new Fault(
    `There is no Cairn in ${folder.path}.`,
    'Name its folder with --data DIR, or begin one: cairn start, or cairn authority add.',
  )
}

/** A whole number within bounds, for an option or argument. */
export const whole =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < from || value > to)
      throw new InvalidArgumentError(`A whole number from ${from} to ${to}.`)
    return value
  }

/** Gathers an option that may be given several times. */
export const several =
  <T>(read: (text: string) => T) =>
  (text: string, before: T[] | undefined): T[] => [...(before ?? []), read(text)]

export const laCode = whole(100, 999)
export const urn = whole(100_000, 999_999)
