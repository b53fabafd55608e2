import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { atOnce } from './at-once.ts'
import { openControlPlane } from './index.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { openStore } from './open-store.ts'
import { engine, newDatabase } from './testing.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cairn-migrate-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('migrating twice runs nothing the second time and keeps what is there', async () => {
  const options = { url: await newDatabase(dir), masterKey: randomBytes(32) }
  const first = await openControlPlane(options)
  expect(await first.migrate()).toEqual(migrations.map(({ name }) => name))
  await first.authorities.add({ code: 855, gssCode: null, name: 'Leicestershire' })
  expect(await first.migrate()).toEqual([])
  await first.close()
  const second = await openControlPlane(options)
  expect(await second.migrate()).toEqual([])
  expect(await second.authorities.get(855)).toEqual({ code: 855, gssCode: null, name: 'Leicestershire' })
  await second.close()
})

test('of several processes that migrate a new database at once, one does and all succeed', async () => {
  const work = `
    const plane = await openControlPlane({ url: args, masterKey: Buffer.alloc(32, 1) })
    const ran = await plane.migrate()
    await plane.authorities.list()
    await plane.close()
    return ran.length`
  expect((await atOnce<number>(3, work, await newDatabase(dir))).sort()).toEqual([0, 0, migrations.length])
})

test('of four that migrate a new database in the same moment, none fails', async () => {
  const options = { url: await newDatabase(dir), masterKey: randomBytes(32) }
  const planes = await Promise.all(Array.from({ length: 4 }, () => openControlPlane(options)))
  // Connected beforehand, so that nothing but the migration itself keeps them apart.
  await Promise.all(planes.map((plane) => plane.authorities.list().catch(() => undefined)))
  const ran = await Promise.all(planes.map((plane) => plane.migrate()))
  expect(ran.flat()).toEqual(migrations.map(({ name }) => name))
  for (const plane of planes) await plane.close()
})

test('the migrations make the tables that the entities describe', async () => {
  const orm = await openStore(await newDatabase(dir))
  await migrate(orm)
  const changes = await orm.schema.getUpdateSchemaSQL({ wrap: false })
  // The lease's check constraint is not read back as it was written, so that table is always proposed anew.
  const others = changes.split('\n').filter((line) => line !== '' && !line.includes('lease'))
  // References stand in the migrations alone: the entities know each other by number.
  expect(others.filter((line) => !/^pragma foreign_keys|drop constraint "\w+_fkey"/.test(line))).toEqual([])
  await orm.close()
})

test.runIf(engine === 'sqlite')(
  'a file on SQLite is opened in WAL mode with synced commits and enforced references',
  async () => {
    const orm = await openStore(`sqlite:${join(dir, 'd.db')}`)
    const pragma = async (name: string) => {
      const [row]: Record<string, unknown>[] = await orm.em.getConnection().execute(`pragma ${name}`)
      return Object.values(row ?? {})[0]
    }
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    await orm.close()
  },
)

test('a URL that names no database, or a master key of the wrong length, is refused', async () => {
  const masterKey = randomBytes(32)
  for (const url of ['', 'sqlite:', 'mysql://x', join(dir, 'e.db')]) {
    await expect(openControlPlane({ url, masterKey })).rejects.toThrow(
      'url: sqlite: and a file, or postgres:',
    )
  }
  const short = openControlPlane({ url: `sqlite:${join(dir, 'e.db')}`, masterKey: randomBytes(16) })
  await expect(short).rejects.toThrow('master key: 32 bytes')
})
