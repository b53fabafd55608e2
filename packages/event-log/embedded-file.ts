import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { LogDamaged, LogMismatch, LogUnavailable } from './errors.ts'

const FORMAT = 1
/** Waiting for a lock stands still the whole process: commits hold it for milliseconds, so this is long. */
const BUSY_TIMEOUT_MS = 2_000
const OPEN_ATTEMPTS = 50
const OPEN_PAUSE_MS = 20

/**
 * `batch` holds the records, `consumer_position` what groups committed. A batch's body comes last, so that
 * looking for offsets never reads it. The triggers make append-only a rule of the file, not of this code.
 */
const SCHEMA = `
  CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    partition INTEGER NOT NULL,
    base_offset INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    appended_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (partition, base_offset)
  );
  CREATE TABLE consumer_position (
    consumer_group TEXT NOT NULL,
    partition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, partition)
  ) WITHOUT ROWID;
  CREATE TRIGGER batch_keeps BEFORE UPDATE ON batch
    BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER batch_stays BEFORE DELETE ON batch
    BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER setting_keeps BEFORE UPDATE ON setting
    BEGIN SELECT RAISE(ABORT, 'settings of the event log are fixed at its creation'); END;
  CREATE TRIGGER setting_stays BEFORE DELETE ON setting
    BEGIN SELECT RAISE(ABORT, 'settings of the event log are fixed at its creation'); END;
`

/** Opens the log's file, making it where there is none. Several processes may do so at the same time. */
export async function openFile(file: string, partitions: number): Promise<DatabaseSync> {
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 1; ; attempt++) {
    try {
      return prepareFile(file, partitions)
    } catch (error) {
      // Two processes turning WAL on at once: SQLite answers busy without waiting for its timeout.
      if (!(error instanceof LogUnavailable) || attempt === OPEN_ATTEMPTS) throw error
      await sleep(OPEN_PAUSE_MS)
    }
  }
}

function prepareFile(file: string, partitions: number): DatabaseSync {
  const database = connect(file, 'FULL')
  try {
    sqlite(() => {
      database.exec('PRAGMA page_size = 16384')
      database.exec('PRAGMA journal_mode = WAL')
      inTransaction(database, () => createOrCheck(database, partitions))
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * One connection to a log that is there. FULL: a commit has reached the disk when it returns; what is
 * advisory does without (NORMAL).
 */
export function connect(file: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  return sqlite(() => {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
    database.exec(`PRAGMA synchronous = ${synchronous}`)
    return database
  })
}

function createOrCheck(database: DatabaseSync, partitions: number): void {
  const format = database.prepare('PRAGMA user_version').get()!.user_version as number
  if (format === 0) {
    database.exec(SCHEMA)
    database.prepare('INSERT INTO setting VALUES (?, ?)').run('partitions', partitions)
    database.exec(`PRAGMA user_version = ${FORMAT}`)
    return
  }
  if (format !== FORMAT)
    throw new LogMismatch(`The event log has format ${format}, this version of Cairn reads format ${FORMAT}.`)
  const setting = database.prepare('SELECT value FROM setting WHERE name = ?').get('partitions')
  const created = setting?.value as number
  if (created !== partitions)
    throw new LogMismatch(
      `The event log was created with ${created} partitions and is opened with ${partitions}. ` +
        'Their number is fixed at creation: open it with the number it has, or start a new log.',
    )
}

/** Runs `work` in a transaction that takes the write lock at once, so that what it reads stays true. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

// SQLite's primary result codes, https://www.sqlite.org/rescode.html
const UNAVAILABLE: Record<number, string> = {
  5: 'another process holds its lock',
  6: 'another connection holds its lock',
  8: 'its file is read-only',
  10: 'its file cannot be read or written',
  13: 'its disk is full',
  14: 'its file cannot be opened',
}
const DAMAGED = new Set([11, 26])

/** Runs `work` and turns SQLite's errors into the port's. */
export function sqlite<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const extended = (error as { errcode?: unknown }).errcode
    if (typeof extended !== 'number') throw error
    const code = extended & 0xff
    const reason = UNAVAILABLE[code]
    if (reason) throw new LogUnavailable(reason, { cause: error })
    if (DAMAGED.has(code)) throw new LogDamaged('its SQLite file', { cause: error })
    throw error
  }
}
