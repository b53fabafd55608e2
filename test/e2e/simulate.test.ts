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
  ['--out', 3, ['--out', join(folder.path, 'no', 'such', 'folder')]],
] as const)('a wrong %s is said by its name, and nothing is written', async (option, code, args) => {
  const outcome = await cairn(['simulate', '--schools', '3', '--weeks', '1', ...args])
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).toContain(option)
  expect(outcome.stdout).toBe('')
  expect(existsSync(join(folder.path, 'no'))).toBe(false)
})
