import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { swemwbs } from '@cairn/mtss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cairn, eventually, type Instance, startCairn, temporaryFolder } from './cairn.ts'

const folder = temporaryFolder()
const files = temporaryFolder()
let instance: Instance
let key: string

const run = (...args: string[]) => cairn([...args, '--data', folder.path, '--json'])
const file = (name: string, content: unknown): string => {
  const path = join(files.path, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

beforeAll(async () => {
  instance = await startCairn(folder.path, ['--no-demo'])
  await run('authority', 'add', '998', '--name', 'Invented')
  await run(
    'school',
    'import',
    file('schools.csv', 'AcademicYear,LA,LAEstab,SchoolName,URN\n201718,998,9984001,Invented Upper,899101\n'),
  )
  key = (await run('key', 'create', '--authority', '998', '--source', 'urn:mis:998')).json.key
})
afterAll(() => {
  instance?.end()
  folder.remove()
  files.remove()
})

/** An instrument that is the school's own. */
const river = { ...swemwbs, id: 'river', title: 'River', licence: { holder: 'A school', terms: 'Its own.' } }

const checkIns = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({
      ...{ specversion: '1.0', type: 'checkin.submitted', source: 'urn:mis:998', id: `c-${from + i}` },
      data: {
        ...{ school: '899101', pupil: `P-${from + i}`, instrument: 'river@1', informant: 'self' },
        submittedOn: '2025-10-06',
        answers: Object.fromEntries(river.items.map(({ id }) => [id, 1 + (i % 5)])),
      },
    }),
  ).join('\n')

const send = (from: number, to: number) =>
  cairn(['send', file('c.ndjson', `${checkIns(from, to)}\n`), '--data', folder.path, '--json'], {
    env: { CAIRN_KEY: key },
  })

const account = async () => (await run('status')).json.authorities[0]
const accountWith = (n: number, of: 'current' | 'quarantined') =>
  eventually(account, (one) => one?.[of] === n)

// A command takes a second of processor time, and a busy machine several seconds: each test runs many.
describe('instruments from the command line', { timeout: 240_000 }, () => {
  test('those that come with Cairn are listed and shown, score-only ones without wording', async () => {
    const { instruments } = (await run('instrument', 'list')).json
    expect(instruments.map((one: { name: string }) => one.name)).toEqual(
      expect.arrayContaining([
        'resilience-wheel@1',
        'resilience-wheel@2',
        'sdq@1',
        'sdq@2',
        'swemwbs@1',
        'rcads-47@1',
      ]),
    )
    const shown = (await run('instrument', 'show', 'sdq@1')).json
    expect(shown).toMatchObject({ id: 'sdq', scoreOnly: true, licence: { holder: 'Youthinmind' } })
    expect(shown.wording).toBeUndefined()
    expect((await run('instrument', 'show', 'sdq@9')).code).toBe(2)
  })

  test('a bad definition is refused, naming each field and rule, and nothing that it says', async () => {
    const bad = {
      ...river,
      remark: 'F33.9 again',
      subscales: [{ ...river.subscales[0], minAnswered: 'all' }],
    }
    const { code, json, stderr } = await run('instrument', 'import', file('bad.json', bad))
    expect(code).toBe(1)
    expect(json.refused.map(({ field, rule }: any) => [field, rule])).toEqual(
      expect.arrayContaining([
        ['/remark', 'additionalProperties'],
        ['/subscales/0/minAnswered', 'type'],
      ]),
    )
    expect(stderr).not.toContain('F33')
    const noJson = await run('instrument', 'import', file('no.json', 'river'))
    expect(noJson.code).toBe(1)
    expect(noJson.stderr).toContain('is no JSON')
  })

  test('check-ins that came before their definition count after its import and a replay at once', async () => {
    expect((await send(0, 20)).json).toMatchObject({ accepted: 20 })
    expect(await accountWith(20, 'quarantined')).toMatchObject({ quarantined: 20, current: 0 })
    const path = file('river.json', river)
    expect((await run('instrument', 'import', path)).json).toEqual({ name: 'river@1', added: true })
    expect((await run('quarantine', 'replay', '--all')).json).toEqual({ replayed: 20 })
    expect(await accountWith(20, 'current')).toMatchObject({ current: 20, difference: 0 })
    expect((await run('instrument', 'import', path)).json).toEqual({ name: 'river@1', added: false })
    const other = await run('instrument', 'import', file('river-other.json', { ...river, bands: [] }))
    expect(other.code).toBe(1)
    expect(other.stderr).toContain('/version: a definition never changes')
  })

  test('after a correction new check-ins are scored by it at once, and those of the past after a rescore of an idle Cairn', async () => {
    const second = { ...river, version: 2, corrects: 'river@1', bands: [] }
    expect((await run('instrument', 'import', file('river-2.json', second))).json).toMatchObject({
      added: true,
    })
    expect((await send(20, 25)).json).toMatchObject({ accepted: 5 })
    expect(await accountWith(25, 'current')).toMatchObject({ current: 25 })
    const { code, json } = await run('rescore', '--instrument', 'river@1')
    expect(json).toMatchObject({ by: 'river@2', names: ['river@1', 'river@2'], waited: true })
    expect(json.scoredBy).toEqual({ 'river@2': 25 })
    expect(code).toBe(0)
    expect(await account()).toMatchObject({ current: 25, difference: 0 })
    const [entry] = (await run('audit', 'list')).json.entries
    expect(entry).toMatchObject({ action: 'instrument.rescore', subject: 'instrument river@2' })
  })

  test('a rescore of an instrument or an authority that is not there is a wrong command line', async () => {
    expect((await run('rescore', '--instrument', 'river@7')).code).toBe(2)
    expect((await run('rescore', '--instrument', 'river@1', '--authority', '997')).code).toBe(2)
  })
})
