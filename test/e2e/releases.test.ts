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

test('there is no audit of a year that has no release, and a wrong year is named', async () => {
  const none = await run('release', 'audit', '--authority', '999', '--year', '201516')
  expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('no release of 201516')])
  expect((await run('release', 'audit', '--authority', '999', '--year', '2015')).code).toBe(2)
  expect((await run('release', 'due', '--year', '2015')).code).toBe(2)
})
