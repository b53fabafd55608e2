import { DatabaseSync } from 'node:sqlite'
import { type DataFolder, makeDataFolder } from './data-folder.ts'
import { Fault } from './fault.ts'
import { readRunFile } from './run-file.ts'

/** Held until `release`, or until the process is gone, however it went. */
export interface EngineLock {
  release(): void
}

/**
 * The right to run the engine of a data folder. SQLite's file lock and not a file with a process id: the operating
 * system gives it back when its holder dies, so nothing stale is ever left behind.
 */
export function takeEngineLock(folder: DataFolder): EngineLock {
  makeDataFolder(folder)
  const database = new DatabaseSync(folder.lock)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch {
    database.close()
    const run = readRunFile(folder)
    throw run
      ? new Fault(
          `Cairn is running on ${folder.path} already (process ${run.pid}, gateway ${run.gateway}).`,
          'Use that one, stop it with Ctrl-C, or name another folder with --data DIR.',
        )
      : new Fault(
          `Another cairn command is using ${folder.path}.`,
          'Wait until it has ended, then try again.',
        )
  }
  return { release: () => database.close() }
}
