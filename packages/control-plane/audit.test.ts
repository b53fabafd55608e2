import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultHalfTerms } from './index.ts'
import { addTwoAuthorities, type TemporaryControlPlane, temporaryControlPlane } from './testing.ts'

let temporary: TemporaryControlPlane
beforeEach(async () => {
  temporary = await temporaryControlPlane()
  await addTwoAuthorities(temporary.plane)
})
afterEach(() => temporary.remove())

test('every change of who may do what is in the audit, in order and without secrets', async () => {
  const { keys, calendars, audit, readers } = temporary.plane
  const { id } = await keys.create({
    kind: 'ingest',
    authority: 855,
    school: null,
    sources: ['urn:a'],
    label: 'x',
  })
  await keys.revoke(id)
  await calendars.set({ authority: 855, school: null, academicYear: 2016, halfTerms: defaultHalfTerms(2016) })
  await readers.add({ id: 'ann', name: 'Ann', role: 'bi', authorities: [855], schools: null })
  await audit.append({
    action: 'quarantine.replay',
    subject: 'authority 855',
    detail: { events: 3 },
    actor: 'ann',
  })
  const entries = (await audit.list()).toReversed()
  expect(entries.map((one) => one.action)).toEqual([
    ...['authority.add', 'authority.add', 'school.import', 'key.create', 'key.revoke', 'calendar.set'],
    ...['reader.add', 'quarantine.replay'],
  ])
  expect(entries.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(entries.at(-1)).toMatchObject({ actor: 'ann', detail: { events: 3 } })
  expect(await audit.verify()).toEqual({ whole: true, entries: 8 })
})

test('a change that is refused leaves no trace in the audit', async () => {
  const { authorities, audit } = temporary.plane
  await expect(authorities.add({ code: 855, gssCode: null, name: 'Again' })).rejects.toThrow()
  expect(await audit.verify()).toEqual({ whole: true, entries: 3 })
})

test('an entry that holds a key is refused', async () => {
  const { keys, audit } = temporary.plane
  const { key } = await keys.create({
    kind: 'ingest',
    authority: 855,
    school: null,
    sources: ['urn:a'],
    label: 'x',
  })
  await expect(audit.append({ action: 'x', subject: 'y', detail: { key } })).rejects.toThrow(
    'detail: holds no key',
  )
})

test.each([
  ['an entry changed', "update audit_entry set detail = '{}' where seq = 2", 2],
  ['an actor changed', "update audit_entry set actor = 'nobody' where seq = 1", 1],
  ['an entry removed', 'delete from audit_entry where seq = 2', 2],
  ['the first entry removed', 'delete from audit_entry where seq = 1', 1],
  ['the last entry removed', 'delete from audit_entry where seq = 3', 3],
  [
    'two entries exchanged',
    'update audit_entry set seq = case seq when 1 then -2 else -1 end where seq < 3; update audit_entry set seq = -seq where seq < 0',
    1,
  ],
  [
    'an entry added',
    'insert into audit_entry select 4, at, actor, action, subject, detail, hash, hash from audit_entry where seq = 3',
    4,
  ],
])('%s is found, and where the chain first breaks', async (_, sql, brokenAt) => {
  for (const statement of sql.split(';')) await temporary.execute(statement)
  expect(await temporary.plane.audit.verify()).toMatchObject({ whole: false, brokenAt })
})

test('changes from two sides at once leave one chain without forks', async () => {
  const other = await temporary.again()
  const note = (plane: typeof other, i: number) => plane.audit.append({ action: 'test', subject: `n ${i}` })
  await Promise.all(Array.from({ length: 20 }, (_, i) => note(i % 2 ? other : temporary.plane, i)))
  expect(await temporary.plane.audit.verify()).toEqual({ whole: true, entries: 23 })
})
