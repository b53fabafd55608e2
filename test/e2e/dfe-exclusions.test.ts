import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cairn, startCairn, temporaryFolder } from './cairn.ts'

const at = (name: string) =>
  fileURLToPath(new URL(`../../../shared/data/dfe-exclusions/${name}`, import.meta.url))
const reasons = at('reasons_201516_201617.csv')
const headcount = at('headcount_201516_201617.csv')
const there = existsSync(reasons) && existsSync(headcount)

test(`published exclusions of two authorities come out equal, and a second replay changes nothing${there ? '' : ' (the files are absent: not checked)'}`, async () => {
  if (!there) return
  const folder = temporaryFolder()
  const instance = await startCairn(folder.path, ['--no-demo'])
  try {
    const replay = () =>
      cairn([
        ...['replay', 'dfe-exclusions', '--reasons', reasons, '--headcount', headcount, '--year', '201617'],
        ...['--la', '855', '--la', '857', '--data', folder.path, '--json'],
      ])
    const first = await replay()
    expect(first.code).toBe(0)
    expect(first.json).toMatchObject({
      different: 0,
      rates: 14,
      ratesEqual: 14,
      duplicates: 0,
      unreconciled: 0,
    })
    expect(first.json.cells).toBe(first.json.equal + first.json.hidden)
    expect(first.json.equal).toBeGreaterThan(100)
    expect(first.json.storedEqual).toBe(first.json.stored)
    expect(first.json.stored).toBe(first.json.cells)
    const { duplicates, ...second } = (await replay()).json
    expect(duplicates).toBe(first.json.events)
    expect({ ...second, duplicates: 0 }).toEqual(first.json)
    const keys = (await cairn(['key', 'list', '--data', folder.path, '--json'])).json.keys
    expect(keys.filter((key: { revokedAt: string | null }) => key.revokedAt === null)).toEqual([])
  } finally {
    await instance.interrupt()
    folder.remove()
  }
})
