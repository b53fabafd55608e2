import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Fault } from './fault.ts'

/** Where the parts of an installation lie under its data folder. */
export interface DataFolder {
  readonly path: string
  readonly controlPlane: string
  readonly masterKey: string
  readonly warehouse: string
  readonly logs: string
  readonly compileCache: string
  /** What runs: written by `start`, read by the other commands. */
  readonly run: string
  /** Held by whoever runs the engine. */
  readonly lock: string
  readonly demoKeys: string
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path)
  const at = (name: string) => join(root, name)
  return {
    path: root,
    controlPlane: at('control.db'),
    masterKey: at('master.key'),
    warehouse: at('warehouse'),
    logs: at('logs'),
    compileCache: at('compile-cache'),
    run: at('run.json'),
    lock: at('engine.lock'),
    demoKeys: at('demo-keys.json'),
  }
}

/** Makes the folder, for its owner alone, where there is none. */
export function makeDataFolder(folder: DataFolder): void {
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    if (!statSync(folder.path).isDirectory()) throw new Error('not a folder')
  } catch {
    throw new Fault(`The data folder ${folder.path} cannot be made.`, 'Name another one with --data DIR.')
  }
}
