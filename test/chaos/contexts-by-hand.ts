import { identityOf } from '@cairn/contracts'
import type { LoggedInput } from './model.ts'

const groups: Readonly<Record<string, string>> = { WBRI: 'white', AIND: 'asian', REFU: 'unknown' }

/**
 * What a pupil is on a day, as `nc_year=7`, `sex=F` and so on, by plain code: the snapshot with the latest day up to then,
 * of several on one day the one with the greatest identity, as the warehouse orders UUIDs (the second half first).
 */
export function characteristicsByHand(current: readonly LoggedInput[]) {
  const snapshots = new Map<string, { order: string; data: any }[]>()
  for (const e of current) {
    if (e.type !== 'pupil.context.changed') continue
    const key = `${e.authority} ${e.data.pupil}`
    const order = e.data.effectiveFrom + inEngineOrder(identityOf(e.source, e.id))
    snapshots.set(key, [...(snapshots.get(key) ?? []), { order, data: e.data }])
  }
  for (const list of snapshots.values()) list.sort((a, b) => (a.order < b.order ? -1 : 1))
  return (authority: number, pupil: string | undefined, day: string): string[] => {
    const data =
      snapshots.get(`${authority} ${pupil}`)?.findLast((s) => s.data.effectiveFrom <= day)?.data ?? {}
    const meals = data.fsm?.findLast(({ from }: { from: string }) => from <= day)?.type
    const values = {
      nc_year: data.ncYear,
      sex: data.sex,
      sen_provision: data.senProvision,
      fsm: meals === undefined ? undefined : meals === 'none' ? 'no' : 'yes',
      ethnicity: groups[data.ethnicity],
    }
    return Object.entries(values).map(([name, value]) => `${name}=${value ?? 'unknown'}`)
  }
}

/** The engine compares the second half of a UUID first. */
const inEngineOrder = (uuid: string): string => `${uuid.slice(19)} ${uuid.slice(0, 18)}`

/** By two at once, and by NC year, sex and FSM, out of the five of one pupil. */
export function combined(keys: readonly string[]): string[] {
  const pairs = keys.flatMap((a, i) => keys.slice(i + 1).map((b) => `${a};${b}`))
  return [...pairs, `${keys[0]};${keys[1]};${keys[3]}`]
}
