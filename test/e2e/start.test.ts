import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { afterAll, describe, expect, test } from 'vitest'
import { examples } from '../../services/gateway/page/examples.ts'
import { ask, cairn, eventually, type Instance, isAlive, startCairn, temporaryFolder } from './cairn.ts'

const parts = ['aggregator', 'engine', 'gateway', 'ingest']
const folder = temporaryFolder()
let instance: Instance | undefined
let counted: unknown

afterAll(() => {
  instance?.end()
  folder.remove()
})

const question = `{
  figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["202526"] }) {
    rows { schoolUrn value status release } asOf
  }
  reconciliation { authority accepted current duplicates conflicts difference currentFacts }
}`

const demoKeys = () => JSON.parse(readFileSync(join(folder.path, 'demo-keys.json'), 'utf8'))
const answer = async () => (await ask(instance!.gateway, demoKeys().analyst, question)).data

describe('cairn start', { timeout: 240_000 }, () => {
  test('a first start is ready with the figures of the demonstration, most shown and some held back', async () => {
    instance = await startCairn(folder.path)
    expect(Object.keys(instance.pids()).sort()).toEqual(parts)
    const { figures, reconciliation } = await answer()
    const states = figures.rows.map((row: { status: string }) => row.status)
    expect(states).toHaveLength(12)
    expect(states.filter((state: string) => state === 'OK').length).toBeGreaterThanOrEqual(3)
    expect(states).toContain('SUPPRESSED')
    expect(reconciliation).toHaveLength(1)
    expect(reconciliation[0].accepted).toBeGreaterThan(30_000)
    expect(reconciliation[0]).toMatchObject({ authority: 999, difference: 0, conflicts: 0 })
    expect(reconciliation[0].currentFacts).toBe(reconciliation[0].current)
    counted = { rows: figures.rows, reconciliation }
  })

  test('the first question that it prints, and the README asks, is answered with numbers at once: from a release', async () => {
    const first =
      '{ figures(metric: "incident_rate", groupBy: ["school"], period: { academicYears: ["202526"] }) { rows { value status release } } }'
    const { rows } = (await ask(instance!.gateway, demoKeys().analyst, first)).data.figures
    expect(rows).toHaveLength(12)
    const shown = rows.filter(({ status }: { status: string }) => status === 'OK')
    expect(shown.length).toBeGreaterThan(6)
    for (const row of shown)
      expect(row).toEqual({ value: expect.any(Number), status: 'OK', release: '999/202526/1' })
  })

  test('every query of its page shows the analyst numbers, and the one of the own school shows its lead what runs', async () => {
    const { analyst, schoolLead } = demoKeys()
    const hasNumber = (value: unknown): boolean =>
      typeof value === 'number' ||
      (typeof value === 'object' && value !== null && Object.values(value).some(hasNumber))
    const asked = examples(new Date().toISOString().slice(0, 10))
    for (const { title, query } of asked) {
      const { data, errors } = await ask(instance!.gateway, analyst, query)
      expect([title, errors, hasNumber(data) || title.includes('ask for')]).toEqual([title, undefined, true])
    }
    const own = asked.find(({ title }) => title.startsWith('My own school'))!
    const { rows } = (await ask(instance!.gateway, schoolLead, own.query)).data.figures
    for (const row of rows)
      expect(row).toMatchObject({ status: 'OK', release: null, profile: 'own-school@1' })
    expect(rows.length).toBeGreaterThan(0)
  })

  test('a second start on the same data folder is refused and says who holds it', async () => {
    const { code, stderr } = await cairn([
      'start',
      '--data',
      folder.path,
      '--gateway-port',
      '1',
      '--ingest-port',
      '2',
    ])
    expect(code).toBe(3)
    expect(stderr).toContain('is running')
    expect(stderr).toContain('--data DIR')
  })

  test('a port that is taken is named before anything is started', async () => {
    const other = temporaryFolder()
    const taken = new URL(instance!.gateway).port
    const { code, stderr } = await cairn(['start', '--data', other.path, '--gateway-port', taken])
    other.remove()
    expect(code).toBe(3)
    expect(stderr).toContain(`Port ${taken}`)
    expect(stderr).toContain('--gateway-port')
  })

  test('a part that is killed is started again, and figures are answered once more', async () => {
    const before = instance!.pids()
    const killed = ['engine', 'aggregator', 'gateway']
    for (const part of killed) process.kill(before[part]!, 'SIGKILL')
    const pids = await eventually(
      async () => instance!.pids(),
      (now) => killed.every((part) => now[part] !== undefined && now[part] !== before[part]),
      60_000,
    )
    expect(Object.keys(pids).sort()).toEqual(parts)
    for (const part of killed) expect(pids[part]).not.toBe(before[part])
    const data = await eventually(
      () => answer().catch(() => undefined),
      (found) => found?.figures !== undefined && found?.figures !== null,
      60_000,
    )
    expect(data.figures.rows).toEqual((counted as { rows: unknown }).rows)
  })

  test('Ctrl-C stops every process', async () => {
    const pids = Object.values(instance!.pids())
    expect(await instance!.interrupt()).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('starting again goes on where it stood: the same figures, and the demonstration is not loaded twice', async () => {
    instance = await startCairn(folder.path)
    const { figures, reconciliation } = await answer()
    expect({ rows: figures.rows, reconciliation }).toEqual(counted)
  })
})

describe('the releases of what was started', { timeout: 240_000 }, () => {
  const run = (...args: string[]) => cairn([...args, '--data', folder.path, '--json'])
  /** Of the years that the demonstration has events of, the ones of which a half-term has closed by today. */
  const due = async () =>
    (await run('release', 'due')).json.due.filter(
      ({ year, closed }: { year: number; closed: number }) => [2025, 2026].includes(year) && closed > 0,
    )

  test('what has closed of the demonstration is released by itself, audited and announced; then nothing is due', async () => {
    const years = await eventually(
      due,
      (found) => found.every(({ isDue }: { isDue: boolean }) => !isDue),
      90_000,
    )
    const { releases } = (await run('release', 'list')).json
    const { stdout } = await run('audit', 'list')
    for (const { year, released, closed } of years) {
      expect(released).toBe(closed)
      const of = releases.filter((one: { year: number }) => one.year === year)
      expect(of).toMatchObject([{ authority: 999, number: 1, through: closed, schools: 12 }])
      expect(stdout).toContain(of[0].release)
      const name = `${year}${(year + 1) % 100}`
      const audit = await run('release', 'audit', '--authority', '999', '--year', name)
      expect(audit).toMatchObject({ code: 0, json: { release: of[0].release, exposed: 0 } })
    }
  })

  test('status tells what the aggregator’s audits found, and exits 1 where a release exposes a figure', async () => {
    const isAudited = ({ json }: Awaited<ReturnType<typeof run>>) => json.unaudited.length === 0
    const { code, json } = await eventually(() => run('status'), isAudited, 90_000)
    expect([code, json.refused]).toEqual([0, []])
    expect(json.audits.length).toBeGreaterThan(0)
    for (const audit of json.audits) expect(audit).toMatchObject({ exposed: 0, at: expect.any(String) })
    const controlPlane = await openControlPlane({
      url: `sqlite:${join(folder.path, 'control.db')}`,
      masterKey: masterKeyFrom({ base64: undefined, file: join(folder.path, 'master.key') }),
    })
    // Of years that the aggregator does not look at.
    await controlPlane.releaseStates.audited(999, 2019, '999/201920/1', 2)
    await controlPlane.releaseStates.refuse(999, 2018, 'schools each have a roll')
    await controlPlane.close()
    expect((await run('status')).code).toBe(1)
    const { stdout } = await cairn(['status', '--data', folder.path])
    expect(stdout).toContain('Release 999/201920/1 EXPOSES 2 protected figures, audited 20')
    expect(stdout).toContain('Release REFUSED: authority 999, 201819, since 20')
  })

  test('there is no audit of a year that has no release, and a wrong year is named', async () => {
    const none = await run('release', 'audit', '--authority', '999', '--year', '201516')
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('no release of 201516')])
    expect((await run('release', 'audit', '--authority', '999', '--year', '2015')).code).toBe(2)
    expect((await run('release', 'due', '--year', '2015')).code).toBe(2)
  })

  test('it stops as well as the first time', async () => {
    expect(await instance!.interrupt()).toBe(0)
  })
})
