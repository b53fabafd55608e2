import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type ControlPlane, openControlPlane } from './control-plane.ts'
import { openStore } from './open-store.ts'
import type { Orm } from './orm.ts'

/** The server of vitest's project of that name (infra/postgres/test-setup.ts); the others' tests are on SQLite. */
const server: string | undefined = inject('postgres')

/** What the tests of this run are on. */
export const engine = server ? 'postgres' : 'sqlite'

export interface TemporaryControlPlane {
  readonly plane: ControlPlane
  readonly url: string
  /** A folder that goes with it. */
  readonly dir: string
  readonly masterKey: Buffer
  /** Opens the same database once more, as another process would. */
  again(now?: () => Date): Promise<ControlPlane>
  /** Past the product's own code, as somebody with the database's password could. */
  execute(sql: string): Promise<void>
  /** Everything that is stored, as bytes. */
  stored(): Promise<Buffer>
  remove(): Promise<void>
}

/** The URL of a new, empty database. */
export async function newDatabase(dir: string): Promise<string> {
  if (!server) return `sqlite:${join(dir, 'control-plane.db')}`
  const name = `cairn_${randomBytes(6).toString('hex')}`
  const orm = await openStore(server)
  await orm.em.getConnection().execute(`create database ${name}`)
  await orm.close()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** A migrated control plane on a real database of its own, for tests alone. */
export async function temporaryControlPlane(now?: () => Date): Promise<TemporaryControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-control-plane-'))
  const url = await newDatabase(dir)
  const masterKey = randomBytes(32)
  const open = (clock?: () => Date) =>
    openControlPlane({ url, masterKey, actor: 'test', ...(clock ? { now: clock } : {}) })
  const plane = await open(now)
  await plane.migrate()
  const opened = [plane]
  const past = async <T>(work: (orm: Orm) => Promise<T>): Promise<T> => {
    const orm = await openStore(url)
    try {
      return await work(orm)
    } finally {
      await orm.close()
    }
  }
  return {
    plane,
    url,
    dir,
    masterKey,
    async again(clock) {
      const other = await open(clock)
      opened.push(other)
      return other
    },
    execute: (sql) => past(async (orm) => void (await orm.em.getConnection().execute(sql))),
    stored: () => (engine === 'sqlite' ? Promise.resolve(fileOf(url)) : past(rowsOf)),
    async remove() {
      for (const one of opened) await one.close()
      rmSync(dir, { recursive: true })
    },
  }
}

function fileOf(url: string): Buffer {
  const file = url.slice('sqlite:'.length)
  return Buffer.concat([file, `${file}-wal`].filter(existsSync).map((one) => readFileSync(one)))
}

async function rowsOf(orm: Orm): Promise<Buffer> {
  const connection = orm.em.getConnection()
  const tables: { name: string }[] = await connection.execute(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const rows: { row: string }[] = await connection.execute(`select cast(t as text) as row from ${name} t`)
    texts.push(...rows.map(({ row }) => row))
  }
  return Buffer.from(texts.join('\n'))
}

/** Two authorities with two schools each: 855 (100001, 100002) and 856 (100003, 100004). */
export async function addTwoAuthorities({ authorities, schools }: ControlPlane): Promise<void> {
  await authorities.add({ code: 855, gssCode: 'E10000018', name: 'Leicestershire' })
  await authorities.add({ code: 856, gssCode: 'E06000016', name: 'Leicester' })
  const school = (urn: number, authority: number) => ({
    urn,
    authority,
    name: `School ${urn}`,
    phase: 'PS' as const,
  })
  await schools.import([school(100001, 855), school(100002, 855), school(100003, 856), school(100004, 856)])
}
