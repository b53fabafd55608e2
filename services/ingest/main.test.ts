import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-ingest-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const main = join(import.meta.dirname, 'main.ts')
const env = (more: object) => ({
  ...process.env,
  CAIRN_DATA: folder,
  CAIRN_INGEST_PORT: '0',
  CAIRN_LOG_LEVEL: 'info',
  ...more,
})

/** Starts ingest as a supervisor does; resolves with its ready line. */
async function started(child: ChildProcess): Promise<{ ready: boolean; port: number }> {
  let text = ''
  for await (const chunk of child.stdout!) {
    text += chunk
    if (text.includes('\n')) return JSON.parse(text)
  }
  throw new Error('ended before it was ready')
}

it('prints one ready line, answers, and ends with 0 on SIGTERM', async () => {
  const child = spawn(process.execPath, [main], { env: env({}) })
  const { ready, port } = await started(child)
  expect(ready).toBe(true)
  expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

it('leaves Ctrl-C to its supervisor', async () => {
  const child = spawn(process.execPath, [main], { env: env({ CAIRN_SUPERVISED: '1' }) })
  const { port } = await started(child)
  child.kill('SIGINT')
  await delay(300)
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

it('ends when its supervisor is gone', async () => {
  const script = `const c = require('child_process').spawn(process.execPath, [${JSON.stringify(main)}], { stdio: ['ignore', 'pipe', 'ignore'] })
c.stdout.on('data', (line) => process.stdout.write(line)); setInterval(() => {}, 1000)`
  const supervisor = spawn(process.execPath, ['-e', script], { env: env({ CAIRN_SUPERVISED: '1' }) })
  const { port } = await started(supervisor)
  supervisor.kill('SIGKILL')
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      () => true,
      () => false,
    )
  const deadline = Date.now() + 20_000
  while ((await answers()) && Date.now() < deadline) await delay(100)
  expect(await answers()).toBe(false)
})

it('names a setting that is wrong, and not its value', async () => {
  const child = spawn(process.execPath, [main], {
    env: env({ CAIRN_INGEST_PORT: 'canary' }),
  })
  let text = ''
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  expect(code).not.toBe(0)
  expect(text).toContain('CAIRN_INGEST_PORT')
  expect(text).not.toContain('canary')
})
