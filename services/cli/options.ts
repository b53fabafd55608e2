import { InvalidArgumentError, Option } from 'commander'
import { type DataFolder, dataFolder } from './data-folder.ts'
import { readEnv } from './env.ts'

/** `--data DIR`. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'data folder (default: $CAIRN_DATA, else .cairn here)')

export const jsonOption = (): Option => new Option('--json', 'print one JSON object as the last line')

/** The data folder that a command works on. */
export const folderOf = (options: { data?: string }): DataFolder =>
  dataFolder(options.data ?? readEnv().data ?? '.cairn')

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
