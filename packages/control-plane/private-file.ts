import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The text of a file that its owner alone can read (0600), made on first use; of several processes that make it at
 * once one wins, and all get that one.
 */
export function privateFile(file: string, make: () => string): string {
  return read(file) ?? create(file, make())
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function create(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true })
  // Written aside and linked into place: never half of it, and never over one that is there.
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(aside, `${text}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(aside)
  }
  return read(file)!
}
