import { readFileSync, writeFileSync } from 'node:fs'
import type { ControlPlane, Reader } from '@cairn/control-plane'
import type { DataFolder } from '../data-folder.ts'
import { batchesOf, inFlight } from '../events/in-flight.ts'
import { sendBatch } from '../events/sender.ts'
import { withControlPlane } from '../open.ts'
import { counted } from '../table.ts'
import { demoAuthority, demoRegister, demoYears } from './county.ts'
import { demoEvents, demoSource } from './events.ts'

/** Keys of the demonstration. Kept in a file, which no other keys ever are: what they open is invented. */
export interface DemoKeys {
  readonly authority: number
  readonly name: string
  readonly analyst: string
  readonly schoolLead: string
  readonly ingest: string
  /** False while a load was begun and not finished. */
  readonly loaded: boolean
}

/** The keys of a demonstration that was loaded before. */
export function knownDemo(folder: DataFolder): DemoKeys | undefined {
  try {
    return JSON.parse(readFileSync(folder.demoKeys, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * Loads the demonstration, once, into an installation that has no authority of its own. What a kill broke off is
 * finished at the next start: every event has its id, so what came before counts once.
 */
export async function loadDemo(
  folder: DataFolder,
  ingest: string,
  say: (line: string) => void,
): Promise<DemoKeys | undefined> {
  const known = knownDemo(folder)
  if (known?.loaded) return known
  const keys = await withControlPlane(folder, async (controlPlane) => {
    const others = (await controlPlane.authorities.list()).filter((one) => one.code !== demoAuthority.code)
    return others.length > 0 ? undefined : (known ?? prepare(controlPlane))
  })
  if (!keys) return undefined
  keep(folder, keys)
  let accepted = 0
  await inFlight(batchesOf(demoEvents(), 1_000), 2, async (lines) => {
    const answer = await sendBatch(lines, { url: ingest, key: keys.ingest })
    accepted += answer.accepted
    if (answer.refused > 0)
      throw new Error(`the demonstration has ${counted(answer.refused, 'refused event')}`)
  })
  say(
    `  demonstration loaded: ${counted(accepted, 'event')} of ${counted(demoRegister.length, 'invented school')}`,
  )
  const loaded = { ...keys, loaded: true }
  keep(folder, loaded)
  return loaded
}

const keep = (folder: DataFolder, keys: DemoKeys) =>
  writeFileSync(folder.demoKeys, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })

async function prepare({ authorities, schools, calendars, readers, keys }: ControlPlane): Promise<DemoKeys> {
  const { code, name } = demoAuthority
  if (!(await authorities.get(code))) await authorities.add(demoAuthority)
  await schools.import(demoRegister)
  for (const year of demoYears) await calendars.set({ authority: code, school: null, ...year })
  const readerKey = async (reader: Reader) => {
    if (!(await readers.get(reader.id))) await readers.add(reader)
    return (await keys.create({ kind: 'reader', reader: reader.id, label: 'demonstration' })).key
  }
  const lead = demoRegister[5]!.urn
  return {
    authority: code,
    name,
    analyst: await readerKey({
      id: 'demo-analyst',
      name: 'Analyst of Cairnshire',
      role: 'analyst',
      authorities: [code],
      schools: null,
    }),
    schoolLead: await readerKey({
      id: 'demo-school-lead',
      name: 'Lead of Cairnford Academy',
      role: 'school_lead',
      authorities: [code],
      schools: [lead],
    }),
    ingest: (
      await keys.create({
        kind: 'ingest',
        authority: code,
        school: null,
        sources: [demoSource],
        label: 'demonstration',
      })
    ).key,
    loaded: false,
  }
}
