import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KeyCache, type KeyGrant } from './index.ts'
import { addTwoAuthorities, type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
let clock = Date.UTC(2026, 0, 1)
beforeEach(async () => {
  clock = Date.UTC(2026, 0, 1)
  temporary = await temporaryControlPlane(() => new Date(clock))
  await addTwoAuthorities(temporary.plane)
})
afterEach(() => temporary.remove())

const ingest = (school: number | null, sources: string[], authority = 855) =>
  temporary.plane.keys.create({ kind: 'ingest', authority, school, sources, label: 'test' })

test('a key is shown once, in the form that senders are told of, and verifies to what it was made for', async () => {
  const { id, key } = await ingest(100001, ['urn:mis/100001'])
  expect(key).toMatch(/^cairn_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/)
  expect(key.slice(6, 22)).toBe(id)
  const grant = { kind: 'ingest', keyId: id, authority: 855, school: 100001, sources: ['urn:mis/100001'] }
  expect(await temporary.plane.keys.verify(key)).toEqual(grant)
})

test('neither the list, the audit nor the files hold the secret of a key', async () => {
  const { key } = await ingest(null, ['urn:mis'])
  const secret = key.slice(23)
  expect(JSON.stringify(await temporary.plane.keys.list())).not.toContain(secret)
  expect(JSON.stringify(await temporary.plane.audit.list())).not.toContain(secret)
  const bytes = await temporary.stored()
  expect(bytes.includes(key.slice(6, 22))).toBe(true)
  expect(bytes.includes(secret)).toBe(false)
})

test('a key with any other secret or id is refused', async () => {
  const { key } = await ingest(null, ['urn:mis'])
  const other = (await ingest(null, ['urn:mis'])).key
  const { keys } = temporary.plane
  expect(await keys.verify(key.slice(0, 23) + other.slice(23))).toBeUndefined()
  for (const presented of [
    '',
    'cairn_',
    `${key} `,
    ` ${key}`,
    key.slice(0, -1),
    `${key}A`,
    key.toUpperCase(),
  ]) {
    expect(await keys.verify(presented), presented.length.toString()).toBeUndefined()
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(42), fc.constantFrom(...'AZaz09_-'), async (at, letter) => {
      const changed = key.slice(0, 23 + at) + letter + key.slice(24 + at)
      fc.pre(changed !== key)
      expect(await keys.verify(changed)).toBeUndefined()
    }),
    { numRuns: 30 },
  )
})

test('a revoked key is refused at once by whoever asks the control plane, and stays listed', async () => {
  const { id, key } = await ingest(null, ['urn:mis'])
  const elsewhere = await temporary.again()
  expect(await elsewhere.keys.verify(key)).toBeDefined()
  await temporary.plane.keys.revoke(id)
  expect(await elsewhere.keys.verify(key)).toBeUndefined()
  expect((await elsewhere.keys.list(855))[0]).toMatchObject({ id, revokedAt: '2026-01-01T00:00:00.000Z' })
  await expect(temporary.plane.keys.revoke('nosuchkeynosuchk')).rejects.toThrow('id: a key there is')
})

test('a revoked key is refused within five seconds through the cache of another process', async () => {
  const { id, key } = await ingest(null, ['urn:mis'])
  const cache = new KeyCache((await temporary.again()).keys, { now: () => clock })
  expect(await cache.verify(key)).toBeDefined()
  clock += 1_000
  await temporary.plane.keys.revoke(id)
  clock += 5_000
  expect(await cache.verify(key)).toBeUndefined()
})

test('an expired key is refused from its time on', async () => {
  const expiresAt = new Date(clock + 60_000).toISOString()
  const { key } = await temporary.plane.keys.create({
    ...{ kind: 'ingest', authority: 855, school: null, sources: ['urn:mis'], label: 'test' },
    expiresAt,
  } as never)
  clock += 59_999
  expect(await temporary.plane.keys.verify(key)).toBeDefined()
  clock += 1
  expect(await temporary.plane.keys.verify(key)).toBeUndefined()
})

test("no school is given a source that overlaps another school's, though that one's key is revoked", async () => {
  const { id } = await ingest(100001, ['urn:mis/a'])
  for (const overlapping of ['urn:mis/a', 'urn:mis/a/b', 'urn:mis']) {
    await expect(ingest(100002, ['urn:other', overlapping])).rejects.toThrow(
      /^sources: no prefix that contains/,
    )
  }
  await temporary.plane.keys.revoke(id)
  await expect(ingest(100002, ['urn:mis/a'])).rejects.toThrow(/^sources:/)
  await expect(ingest(100002, ['urn:mis/ab'])).resolves.toBeDefined()
})

test('a school may have several keys for one source, authorities share none, and authority-wide keys may overlap', async () => {
  await ingest(100001, ['urn:mis/a'])
  await expect(ingest(100001, ['urn:mis/a'])).resolves.toBeDefined()
  await expect(ingest(100003, ['urn:mis/a'], 856)).resolves.toBeDefined()
  await expect(ingest(null, ['urn:mis'])).resolves.toBeDefined()
  await expect(ingest(null, ['urn:mis/a'])).resolves.toBeDefined()
})

test('a key is refused where its authority, school, sources, label or reader break a rule', async () => {
  const { keys } = temporary.plane
  await expect(ingest(null, ['urn:mis'], 999)).rejects.toThrow('authority: one that has been added')
  await expect(ingest(100003, ['urn:mis'])).rejects.toThrow('school: one of that authority')
  await expect(ingest(null, [])).rejects.toThrow('sources: at least one prefix')
  await expect(ingest(null, ['urn:mis/../x'])).rejects.toThrow(/^sources: a URI reference/)
  await expect(keys.create({ kind: 'reader', reader: 'nobody', label: 'x' })).rejects.toThrow(
    'reader: one that has',
  )
  const unnamed = { kind: 'ingest', authority: 855, school: null, sources: ['urn:mis'], label: ' ' } as const
  await expect(keys.create(unnamed)).rejects.toThrow('label: 1 to 200')
  expect(await keys.list()).toEqual([])
})

test("a reader's key verifies to the reader's grants as they are now, and to nothing once the reader is removed", async () => {
  const { keys, readers } = temporary.plane
  const reader = { id: 'ann', name: 'Ann', role: 'analyst', authorities: [855], schools: null } as const
  await readers.add(reader)
  const { id, key } = await keys.create({ kind: 'reader', reader: 'ann', label: 'laptop' })
  expect(await keys.verify(key)).toEqual({ kind: 'reader', keyId: id, reader })
  await readers.update({ ...reader, schools: [100001] })
  expect(await keys.verify(key)).toMatchObject({ reader: { schools: [100001] } })
  await readers.remove('ann')
  expect(await keys.verify(key)).toBeUndefined()
})

const presented = (n: number) => `cairn_${'a'.repeat(16)}_${String(n).padStart(43, '0')}`
const grant: KeyGrant = { kind: 'ingest', keyId: 'a', authority: 855, school: null, sources: ['urn:mis'] }

test('the cache asks once for each key in two seconds, whether it is valid or refused', async () => {
  const asked: string[] = []
  let now = 0
  const verify = async (key: string) => {
    asked.push(key)
    return key === presented(1) ? grant : undefined
  }
  const cache = new KeyCache({ verify }, { now: () => now })
  for (const at of [0, 1_000, 1_999]) {
    now = at
    expect(await cache.verify(presented(1))).toEqual(grant)
    expect(await cache.verify(presented(2))).toBeUndefined()
  }
  expect(asked).toEqual([presented(1), presented(2)])
  now = 2_000
  await Promise.all([cache.verify(presented(1)), cache.verify(presented(1))])
  expect(asked).toHaveLength(3)
})

test('a flood of invented keys does not push a valid one out of the cache, and the cache stays bounded', async () => {
  let asked = 0
  const verify = async (key: string) => {
    if (key === presented(0)) asked++
    return key === presented(0) ? grant : undefined
  }
  const cache = new KeyCache({ verify }, { now: () => 0, entries: 10 })
  await cache.verify(presented(0))
  for (let i = 1; i <= 100; i++) await cache.verify(presented(i))
  await cache.verify(presented(0))
  expect(asked).toBe(1)
})

test('a control plane that cannot be reached is no answer: it is asked again', async () => {
  let fail = true
  const verify = async () => {
    if (fail) throw new Error('unreachable')
    return grant
  }
  const cache = new KeyCache({ verify }, { now: () => 0 })
  await expect(cache.verify(presented(1))).rejects.toThrow('unreachable')
  fail = false
  expect(await cache.verify(presented(1))).toEqual(grant)
})

test('what has not the shape of a key is refused without asking', async () => {
  const cache = new KeyCache({ verify: () => Promise.reject(new Error('asked')) })
  for (const text of ['', 'cairn_x_y', 'x'.repeat(10_000)]) expect(await cache.verify(text)).toBeUndefined()
})
