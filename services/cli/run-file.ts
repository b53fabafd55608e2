import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { DataFolder } from './data-folder.ts'

/** What `start` runs, for the other commands. Holds the engine's key: its owner alone can read it. */
export interface RunFile {
  /** Of the supervisor. */
  readonly pid: number
  readonly startedAt: string
  /** Whether every service has become ready once. */
  readonly ready: boolean
  readonly engine: { readonly url: string; readonly username: string; readonly password: string }
  readonly gateway: string
  readonly ingest: string
  /** Process id of each part that runs now; a restart changes it. */
  readonly pids: Readonly<Record<string, number>>
}

/** Replaces the file whole: who reads it at the same time sees the old one or the new one. */
export function writeRunFile(folder: DataFolder, run: RunFile): void {
  const aside = `${folder.run}.${randomBytes(4).toString('hex')}`
  writeFileSync(aside, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  renameSync(aside, folder.run)
}

export function removeRunFile(folder: DataFolder): void {
  rmSync(folder.run, { force: true })
}

/** What runs on this data folder; undefined where nothing does (a file left behind by a kill counts as nothing). */
export function readRunFile(folder: DataFolder): RunFile | undefined {
  let run: RunFile
  try {
    run = JSON.parse(readFileSync(folder.run, 'utf8'))
  } catch {
    return undefined
  }
  return isAlive(run.pid) ? run : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
