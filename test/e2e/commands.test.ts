import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cairn, eventually, type Instance, startCairn, temporaryFolder } from './cairn.ts'

const folder = temporaryFolder()
const files = temporaryFolder()
let instance: Instance
let keyId: string
let key: string

const run = (...args: string[]) => cairn([...args, '--data', folder.path, '--json'])
const file = (name: string, lines: readonly string[]): string => {
  const path = join(files.path, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const send = (path: string, ...args: string[]) =>
  cairn(['send', path, ...args, '--data', folder.path, '--json'], { env: { CAIRN_KEY: key } })

beforeAll(async () => {
  instance = await startCairn(folder.path, ['--no-demo'])
})
afterAll(() => {
  instance?.end()
  folder.remove()
  files.remove()
})

const exclusion = (id: string, startsOn: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'exclusion.recorded',
    source: 'urn:mis:998',
    id,
    data: { school: '899101', type: 'SUSP', startsOn, reasons: ['PP'], ...more },
  })

describe('the command line against a running Cairn', () => {
  test('an authority that Cairn does not know needs a name', async () => {
    const { code, stderr } = await run('authority', 'add', '998')
    expect(code).toBe(2)
    expect(stderr).toContain('--name')
    expect((await run('authority', 'add', '998', '--name', 'Invented')).json).toMatchObject({
      code: 998,
      name: 'Invented',
    })
  })

  test('a register of the Department is imported, a broken row is refused alone, and a second import changes nothing', async () => {
    const register = file('register.csv', [
      'AcademicYear,LA,LAEstab,SchoolName,URN',
      '201718,998,9984001,Invented Upper,899101',
      '201718,998,9982002,Invented Lower,899102',
      '200809,998,9982099,Invented Lower (before),899102',
      '201718,997,9972001,Of nobody,899103',
      '201718,998,998200,Short,899104',
    ])
    const first = await run('school', 'import', register)
    expect(first.code).toBe(1)
    expect(first.json).toMatchObject({
      added: 2,
      updated: 0,
      earlier: 1,
      refused: 2,
      authoritiesUnknown: [997],
    })
    expect(first.json.refusals).toEqual([
      { line: 5, field: 'authority', rule: 'one that has been added' },
      { line: 6, field: 'LAEstab', rule: '7 digits' },
    ])
    expect((await run('school', 'import', register)).json).toMatchObject({
      added: 0,
      updated: 0,
      unchanged: 2,
    })
  })

  test('a register with the columns of Get Information about Schools is imported, in Windows-1252 too', async () => {
    const path = file('gias.csv', [
      'URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),PhaseOfEducation (code),OpenDate,CloseDate',
      '899111,998,4011,Saint Invented\u2019s,1,4,01-09-2001,',
      '899112,998,7011,Invented Special,7,0,,31-08-2020',
    ])
    writeFileSync(
      path,
      Buffer.from((await import('node:fs')).readFileSync(path, 'utf8').replace('\u2019', '\x92'), 'latin1'),
    )
    expect((await run('school', 'import', path)).json).toMatchObject({ added: 2, refused: 0 })
    const { schools } = (await run('school', 'list')).json
    const found = schools.find((one: { urn: number }) => one.urn === 899111)
    expect(found).toMatchObject({
      name: 'Saint Invented\u2019s',
      phase: 'SS',
      laestab: 9984011,
      openDate: '2001-09-01',
    })
    expect(schools.find((one: { urn: number }) => one.urn === 899112)).toMatchObject({
      phase: 'SP',
      closeDate: '2020-08-31',
    })
  })

  test('a file with broken lines is sent but for those, each named by line, field and rule', async () => {
    const created = (await run('key', 'create', '--authority', '998', '--source', 'urn:mis:998')).json
    keyId = created.id
    key = created.key
    const path = file('events.ndjson', [
      exclusion('a-1', '2025-10-06'),
      'no JSON',
      exclusion('a-2', '2025-10-07', { reasons: ['ZZ'] }),
      exclusion('a-3', '2025-10-08'),
    ])
    const { code, json } = await send(path)
    expect(code).toBe(1)
    expect(json).toMatchObject({ sent: 4, accepted: 2, refused: 2 })
    expect(
      json.refusals.map(({ line, id, errors }: any) => [line, id, errors[0].field, errors[0].rule]),
    ).toEqual([
      [2, null, '', 'syntax'],
      [3, 'a-2', '/data/reasons/0', 'enum'],
    ])
  })

  test('rows of CSV become events by their columns', async () => {
    const path = file('rows.csv', [
      'ce_id,school,pupil,type,startsOn,reasons,sessions',
      'x-1,899101,P-17,SUSP,2025-10-06,PP;VP,4',
      'x-2,899101,,PERM,2025-11-06,,',
      'x-3,899101,,SUSP,2025-11-06,,two',
    ])
    const { json } = await send(path, '--type', 'exclusion.recorded', '--source', 'urn:mis:998')
    expect(json).toMatchObject({ accepted: 2, refused: 1 })
    expect(json.refusals[0]).toMatchObject({ line: 4, id: 'x-3' })
    expect(json.refusals[0].errors[0]).toMatchObject({ field: '/data/sessions', rule: 'type' })
  })

  test('what cannot count is held back and shown without its values, and a replay is audited', async () => {
    const instrument = 'not-known@1'
    const checkIn = {
      school: '899101',
      pupil: 'P-17',
      instrument,
      informant: 'self',
      submittedOn: '2025-10-06',
      answers: { q_1: 3 },
    }
    const event = {
      specversion: '1.0',
      type: 'checkin.submitted',
      source: 'urn:mis:998',
      id: 'c-1',
      data: checkIn,
    }
    // The same id and version with other content: a conflict.
    await send(file('held.ndjson', [JSON.stringify(event), exclusion('a-1', '2025-10-09')]))
    const list = () => run('quarantine', 'list').then(({ json }) => json.held)
    const held = await eventually(list, (found) => found.length === 2)
    const [unknown, conflict] = [
      held.find((h: any) => h.reason === 'unprocessable'),
      held.find((h: any) => h.reason === 'conflict'),
    ]
    expect(unknown).toMatchObject({
      authority: 998,
      field: '/data/instrument',
      rule: 'knownInstrument',
      state: 'waits',
    })
    expect(conflict.wayOut).toContain('higher version')

    const shown = await run('quarantine', 'show', unknown.record)
    expect(shown.json.data).toMatchObject({ instrument: 'string', answers: { q_1: 'number' } })
    expect(shown.stdout).not.toContain(instrument)
    const values = (await run('quarantine', 'show', unknown.record, '--values')).json.data
    expect(values.instrument).toBe(instrument)
    expect(values.pupil).toMatch(/^k1:[0-9a-f]{32}$/)

    expect((await run('quarantine', 'replay', conflict.record)).code).toBe(2)
    expect((await run('quarantine', 'replay', unknown.record)).json).toEqual({ replayed: 1 })
    const after = await eventually(list, (found) => found.length === 3)
    expect(
      after
        .filter((h: any) => h.reason === 'unprocessable')
        .map((h: any) => h.state)
        .sort(),
    ).toEqual(['replaced', 'waits'])
    const copy = after.find((h: any) => h.reason === 'unprocessable' && h.state === 'waits')
    expect((await run('quarantine', 'show', copy.record)).json.headers.cairn_replay_of).toBe(unknown.record)
    const { entries } = (await run('audit', 'list', '--limit', '5')).json
    expect(entries.find((e: any) => e.action === 'quarantine.replay')).toMatchObject({
      subject: `record ${unknown.record}`,
    })
    expect((await run('audit', 'verify')).json).toMatchObject({ whole: true })
  })

  test('status accounts for every event', async () => {
    const { code, json } = await run('status')
    expect(code).toBe(0)
    expect(json.whole).toBe(true)
    expect(json.authorities).toMatchObject([
      {
        authority: 998,
        accepted: 7,
        current: 4,
        currentFacts: 4,
        conflicts: 1,
        quarantined: 2,
        difference: 0,
      },
    ])
    const used = json.partitions.filter((one: { end: number }) => one.end > 0)
    expect(used).toMatchObject([{ end: 7, offset: 7, drained: 7, receipts: 7, waiting: 0, difference: 0 }])
  })

  test('a revoked key is refused within five seconds', async () => {
    expect((await run('key', 'revoke', keyId)).code).toBe(0)
    const path = file('late.ndjson', [exclusion('late', '2025-10-06')])
    const refused = await eventually(
      () => send(path),
      ({ code }) => code !== 0,
      5_000,
    )
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('No valid key')
    expect((await run('key', 'list', '--authority', '998')).json.keys[0].revokedAt).not.toBeNull()
  })

  test('a wrong command line exits 2, a file that is not there 3', async () => {
    expect((await cairn(['frobnicate'])).code).toBe(2)
    expect((await cairn(['send', 'no-such-file.ndjson', '--key', 'x', '--data', folder.path])).code).toBe(3)
  })
})
