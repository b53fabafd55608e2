import { userInfo } from 'node:os'

/** What the command line takes from the environment; an option always wins over it. */
export interface CliEnv {
  /** CAIRN_DATA: the data folder. */
  readonly data: string | undefined
  /** CAIRN_KEY: the ingest key of `send`; keeps it out of the process list and the shell's history. */
  readonly key: string | undefined
}

export function readEnv(source: NodeJS.ProcessEnv = process.env): CliEnv {
  return { data: source.CAIRN_DATA || undefined, key: source.CAIRN_KEY || undefined }
}

/** The environment of a supervised service: the caller's own, and what is set for it. */
export function serviceEnv(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, CAIRN_SUPERVISED: '1', ...own }
}

/** Who acts, as the audit names it. */
export function actor(): string {
  try {
    return `command line (${userInfo().username})`
  } catch {
    return 'command line'
  }
}

/** Lets every process that is started from here share compiled code: it halves the time that a restart takes. */
export function shareCompileCache(folder: string): void {
  process.env.NODE_COMPILE_CACHE ??= folder
}
