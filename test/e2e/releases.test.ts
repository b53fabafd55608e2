import { join } from 'node:path'
import { masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cairn, eventually, type Instance, startCairn, temporaryFolder } from './cairn.ts'

const folder = temporaryFolder()
let instance: Instance

const run = (...args: string[]) => cairn([...args, '--data', folder.path, '--json'])
/** Of the years that the demonstration has events of, the ones of which a half-term has closed by today. */
const due = async () =>
  (await run('release', 'due')).json.due.filter(
    ({ year, closed }: { year: number; closed: number }) => [2025, 2026].includes(year) && closed > 0,
  )

beforeAll(async () => {
  instance = await startCairn(folder.path)
})
afterAll(() => {
  instance?.end()
  folder.remove()
})

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
