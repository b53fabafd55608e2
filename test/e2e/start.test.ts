import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

describe('cairn start', () => {
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
    for (const part of ['engine', 'aggregator', 'gateway']) process.kill(before[part]!, 'SIGKILL')
    const pids = await eventually(
      async () => instance!.pids(),
      (now) =>
        parts.every((part) => now[part] !== undefined) &&
        now.engine !== before.engine &&
        now.gateway !== before.gateway,
    )
    expect(pids.aggregator).not.toBe(before.aggregator)
    const data = await eventually(
      () => answer().catch(() => undefined),
      (found) => found?.figures !== undefined && found?.figures !== null,
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
    expect(await instance.interrupt()).toBe(0)
  })
})
