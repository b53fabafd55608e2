import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validateEvent } from '@cairn/contracts'
import { afterAll, expect, test } from 'vitest'
import { cairn, temporaryFolder } from './cairn.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const small = ['simulate', '--schools', '3', '--weeks', '4', '--seed', '5']

test('the file and standard output have the same events, and the truth counts them', async () => {
  const [out, truth] = [join(folder.path, 'county.ndjson'), join(folder.path, 'truth.json')]
  const toFile = await cairn([...small, '--out', out, '--truth', truth, '--json'])
  const toOutput = await cairn(small)
  const text = readFileSync(out, 'utf8')
  const lines = text.trimEnd().split('\n')
  expect(toFile.code).toBe(0)
  expect(toOutput.stdout).toBe(text)
  expect(lines.every((line) => 'ok' in validateEvent(JSON.parse(line)))).toBe(true)
  expect(JSON.parse(readFileSync(truth, 'utf8'))).toMatchObject({
    ...{ synthetic: true, seed: 5, events: { emitted: lines.length } },
  })
  expect(toFile.json.emitted).toBe(lines.length)
})

test('--split gives each authority a file of its own events, and none is lost', async () => {
  const [two, out] = [[...small, '--authorities', '2'], join(folder.path, 'split.ndjson')]
  expect((await cairn([...two, '--split', '--out', out])).code).toBe(0)
  const whole = (await cairn(two)).stdout.trimEnd().split('\n')
  const parts = [990, 991].map((code) =>
    readFileSync(join(folder.path, `split-${code}.ndjson`), 'utf8')
      .trimEnd()
      .split('\n'),
  )
  expect(parts.flat().sort()).toEqual(whole.sort())
  // Schools are dealt in turn: 880001 and 880003 to the first authority.
  for (const [i, part] of parts.entries())
    for (const line of part) expect(Number(JSON.parse(line).source.slice(-6)) % 2).toBe(1 - i)
})

test('--register makes the county known, marked as invented', async () => {
  const data = join(folder.path, 'data')
  const out = join(folder.path, 'other.ndjson')
  expect((await cairn([...small, '--out', out, '--register', '--data', data])).code).toBe(0)
  const { json } = await cairn(['school', 'list', '--data', data, '--json'])
  expect(json.schools).toHaveLength(3)
  for (const school of json.schools) expect(school).toMatchObject({ synthetic: true, authority: 990 })
})

test.each([
  ['--schools', 2, ['--schools', '2', '--authorities', '3']],
  ['--weeks', 2, ['--weeks', '0']],
  ['--truth', 2, ['--out', '-', '--truth', '-']],
  ['--split', 2, ['--out', '-', '--split']],
  ['--out', 3, ['--out', join(folder.path, 'no', 'such', 'folder')]],
] as const)('a wrong %s is said by its name, and nothing is written', async (option, code, args) => {
  const outcome = await cairn(['simulate', '--schools', '3', '--weeks', '1', ...args])
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).toContain(option)
  expect(outcome.stdout).toBe('')
  expect(existsSync(join(folder.path, 'no'))).toBe(false)
})
