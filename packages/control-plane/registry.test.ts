import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultHalfTerms, loadOrCreateMasterKey, openControlPlane, type SchoolInput } from './index.ts'
import { addTwoAuthorities, type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
beforeEach(async () => {
  temporary = await temporaryControlPlane()
  await addTwoAuthorities(temporary.plane)
})
afterEach(() => temporary.remove())

test("an authority's pseudonym key is its own, stays the same, and is not in the files in any form it is used in", async () => {
  const { authorities } = temporary.plane
  const { keyId, key } = await authorities.pseudonymKey(855)
  expect(keyId).toBe('k1')
  expect(key).toHaveLength(32)
  expect((await (await temporary.again()).authorities.pseudonymKey(855)).key.equals(key)).toBe(true)
  expect((await authorities.pseudonymKey(856)).key.equals(key)).toBe(false)
  const bytes = await temporary.stored()
  expect(bytes.includes('Leicestershire')).toBe(true)
  for (const form of [key, key.toString('hex'), key.toString('base64'), key.toString('base64url')])
    expect(bytes.includes(form)).toBe(false)
})

test('a pseudonym key opens under no other master key, and not in the place of another authority', async () => {
  const other = await openControlPlane({ url: temporary.url, masterKey: Buffer.alloc(32, 7) })
  await expect(other.authorities.pseudonymKey(855)).rejects.toThrow('master key: must be the one')
  await other.close()
  await temporary.execute(
    'update authority set sealed_key = (select sealed_key from authority where code = 856) where code = 855',
  )
  await expect(temporary.plane.authorities.pseudonymKey(855)).rejects.toThrow('master key: must be the one')
})

test('a master key is made once, for its owner alone to read, and kept', () => {
  const file = join(temporary.dir, 'keys', 'master.key')
  const key = loadOrCreateMasterKey(file)
  expect(key).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(loadOrCreateMasterKey(file).equals(key)).toBe(true)
})

test('an authority is refused where its code, GSS code or name break a rule, or the code is taken', async () => {
  const { authorities } = temporary.plane
  const good = { code: 857, gssCode: 'E06000017', name: 'Rutland' }
  await expect(authorities.add({ ...good, code: 85 })).rejects.toThrow('code: three digits')
  await expect(authorities.add({ ...good, gssCode: '857' })).rejects.toThrow(/^gssCode: /)
  await expect(authorities.add({ ...good, name: ' ' })).rejects.toThrow('name: 1 to 200')
  await expect(authorities.add({ ...good, code: 855 })).rejects.toThrow('code: not yet taken')
  expect((await authorities.list()).map((one) => one.code)).toEqual([855, 856])
})

const school = (urn: number, more: Partial<SchoolInput> = {}): SchoolInput => {
  return { urn, authority: 855, name: `School ${urn}`, phase: 'SS', ...more }
}

test('an import adds, updates and leaves alone; imported again it changes nothing, nor the revision', async () => {
  const { schools } = temporary.plane
  const rows = [school(200001, { laestab: 8554001 }), school(200002, { openDate: '2016-09-01' })]
  expect(await schools.import(rows)).toEqual({ added: 2, updated: 0, unchanged: 0, refused: [] })
  const revision = await schools.revision()
  expect(await schools.import(rows)).toEqual({ added: 0, updated: 0, unchanged: 2, refused: [] })
  expect(await schools.revision()).toBe(revision)
  const renamed = await schools.import([rows[0]!, { ...rows[1]!, name: 'Renamed' }])
  expect(renamed).toEqual({ added: 0, updated: 1, unchanged: 1, refused: [] })
  expect(await schools.revision()).toBe(revision + 1)
  expect(await schools.get(200002)).toEqual({
    ...{ urn: 200002, authority: 855, laestab: null, name: 'Renamed', phase: 'SS', predecessor: null },
    ...{ aggregate: false, synthetic: false, openDate: '2016-09-01', closeDate: null },
  })
})

test('a row that breaks a rule is refused with its field and rule, and the others are imported', async () => {
  const { schools } = temporary.plane
  const outcome = await schools.import([
    school(200001, { laestab: 8554001 }),
    school(20000),
    school(200002, { authority: 999 }),
    school(200003, { laestab: 4001 }),
    school(200004, { laestab: 8554001 }),
    school(200005, { phase: 'XX' as 'SS' }),
    school(200006, { name: '' }),
    school(200007, { openDate: '2016-02-30' }),
    school(200008, { predecessor: 200008 }),
    school(200001),
    school(200009, { aggregate: true, synthetic: true }),
  ])
  expect(outcome.added).toBe(2)
  expect(outcome.refused.map(({ row, field }) => [row, field])).toEqual([
    ...[
      [1, 'urn'],
      [2, 'authority'],
      [3, 'laestab'],
      [4, 'laestab'],
      [5, 'phase'],
    ],
    ...[
      [6, 'name'],
      [7, 'openDate'],
      [8, 'predecessor'],
      [9, 'urn'],
    ],
  ])
  expect(await schools.get(200009)).toMatchObject({ aggregate: true, synthetic: true })
})

test('a successor may keep the LAESTAB of a predecessor that closes in the same import, in any order', async () => {
  const { schools } = temporary.plane
  await schools.import([school(200001, { laestab: 8554001 })])
  const successor = school(200002, { laestab: 8554001, predecessor: 200001 })
  const closed = school(200001, { laestab: 8554001, closeDate: '2016-08-31' })
  expect((await schools.import([successor])).refused).toHaveLength(1)
  expect(await schools.import([successor, closed])).toMatchObject({ added: 1, updated: 1, refused: [] })
})

test('a school moves to another authority only when no key is bound to it any more', async () => {
  const { schools, keys } = temporary.plane
  const { id } = await keys.create({
    kind: 'ingest',
    authority: 855,
    school: 100001,
    sources: ['urn:a'],
    label: 'x',
  })
  const moved = school(100001, { authority: 856 })
  expect((await schools.import([moved])).refused).toMatchObject([{ row: 0, field: 'authority' }])
  await keys.revoke(id)
  expect((await schools.import([moved])).updated).toBe(1)
})

test('schools are listed for the authorities asked for, and for none when none is', async () => {
  const { schools } = temporary.plane
  expect((await schools.list([855])).map((one) => one.urn)).toEqual([100001, 100002])
  expect(await schools.list([856, 855])).toHaveLength(4)
  expect(await schools.list([])).toEqual([])
  expect(await schools.get(1)).toBeUndefined()
})

test('a reader is refused grants that its role may not have', async () => {
  const { readers } = temporary.plane
  const reader = { id: 'ann', name: 'Ann', role: 'analyst', authorities: [855], schools: null } as const
  const refused = (more: object, rule: string) =>
    expect(readers.add({ ...reader, ...more })).rejects.toThrow(rule)
  await refused({ id: 'a b' }, 'id: 1 to 64')
  await refused({ role: 'admin' }, 'role: one of')
  await refused({ authorities: [] }, 'authorities: at least one')
  await refused({ authorities: [855, 856] }, 'authorities: one for analyst')
  await refused({ authorities: [999] }, 'authorities: each added')
  await refused({ schools: [100003] }, 'schools: each one of its authorities')
  await refused({ role: 'school_lead' }, 'schools: exactly one')
  await refused({ role: 'school_lead', schools: [100001, 100002] }, 'schools: exactly one')
  const commissioner = { ...reader, role: 'commissioner', authorities: [855, 856] } as const
  await readers.add(commissioner)
  expect(await readers.get('ann')).toEqual(commissioner)
  await refused({}, 'id: not yet taken')
})

test('a calendar set for a school wins over its authority, and that over the generic one', async () => {
  const { calendars } = temporary.plane
  const year = 2016
  const [own, its] = [defaultHalfTerms(year), defaultHalfTerms(year)]
  own[0] = { ...own[0]!, firstDay: '2016-08-30' }
  its[0] = { ...its[0]!, firstDay: '2016-08-25' }
  expect(await calendars.get(855, 100001, year)).toMatchObject({
    from: 'default',
    halfTerms: defaultHalfTerms(year),
  })
  const revision = await calendars.revision()
  await calendars.set({ authority: 855, school: null, academicYear: year, halfTerms: own })
  await calendars.set({ authority: 855, school: 100001, academicYear: year, halfTerms: its })
  expect(await calendars.revision()).toBe(revision + 2)
  expect(await calendars.get(855, 100001, year)).toMatchObject({ from: 'school', halfTerms: its })
  expect(await calendars.get(855, 100002, year)).toMatchObject({ from: 'authority', halfTerms: own })
  expect(await calendars.get(855, null, year)).toMatchObject({ from: 'authority', halfTerms: own })
  expect(await calendars.get(856, null, year)).toMatchObject({ from: 'default' })
  const weeks = await calendars.weeks([855, 856], { from: 2015, to: 2017 })
  const sizes = weeks.map((one) => [
    one.authority,
    one.school,
    new Set(one.weeks.map((week) => week.year)).size,
  ])
  expect(sizes).toEqual([
    [855, 0, 3],
    [856, 0, 3],
    [855, 100001, 1],
  ])
})

test('a calendar of an unknown authority, or of a school of another, is refused', async () => {
  const { calendars } = temporary.plane
  const halfTerms = defaultHalfTerms(2016)
  const set = (authority: number, school: number | null) =>
    calendars.set({ authority, school, academicYear: 2016, halfTerms })
  await expect(set(999, null)).rejects.toThrow('authority: one that has been added')
  await expect(set(855, 100003)).rejects.toThrow('school: one of that authority')
})
