import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the lists of event types and of metrics are those of their folders', () => {
  expect(() =>
    execFileSync(process.execPath, ['infra/registries.mjs', '--check'], { stdio: 'pipe' }),
  ).not.toThrow()
})
