import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type TemporaryWarehouse, temporaryWarehouse } from '@cairn/warehouse/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatewayEnv } from './env.ts'

let temporary: TemporaryWarehouse

beforeAll(async () => {
  temporary = await temporaryWarehouse()
})
afterAll(() => temporary?.remove())

async function start(settings: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('main.ts', import.meta.url))],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH ?? '',
        CAIRN_DATA: temporary.dir,
        CAIRN_GATEWAY_PORT: '0',
        CLICKHOUSE_URL: temporary.engine.url,
        CLICKHOUSE_USER: temporary.engine.username,
        CLICKHOUSE_PASSWORD: temporary.engine.password,
        ...settings,
      },
    },
  )
  const [line] = await once(createInterface({ input: child.stdout! }), 'line')
  const { ready, port } = JSON.parse(String(line))
  expect(ready).toBe(true)
  return { child, port }
}

const endOf = async (child: ChildProcess) => (await once(child, 'exit'))[0]

test('it says where it listens once it is ready, and stops cleanly on SIGTERM', async () => {
  const { child, port } = await start({})
  const ready = await fetch(`http://127.0.0.1:${port}/ready`)
  expect(await ready.json()).toMatchObject({ status: 'ready', parts: { warehouse: 'up' } })
  child.kill('SIGTERM')
  expect(await endOf(child)).toBe(0)
})

test('under a supervisor it leaves Ctrl-C to it, and ends when the supervisor is gone', async () => {
  const { child, port } = await start({ CAIRN_SUPERVISED: '1' })
  child.kill('SIGINT')
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  child.stdin!.end()
  expect(await endOf(child)).toBe(0)
})

test('--help lists every variable, and a missing or wrong one is one line without a stack trace or its value', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const run = (args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env },
    })
  const help = run(['--help'], {})
  expect(help.status).toBe(0)
  for (const name of Object.keys(gatewayEnv.shape)) expect(help.stdout).toContain(name)
  const wrong = run([], { CAIRN_GATEWAY_PORT: 'canary' })
  expect(wrong.status).toBe(1)
  expect(wrong.stderr).toMatch(/^gateway: .*CLICKHOUSE_URL: must be set.*\n$/)
  expect(wrong.stderr).toContain('CAIRN_GATEWAY_PORT')
  expect(wrong.stderr).not.toContain('canary')
  const half = run([], { CLICKHOUSE_URL: 'http://localhost:1', OIDC_ISSUER: 'https://issuer.example' })
  expect(half.status).toBe(1)
  expect(half.stderr).toBe('gateway: OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL: all three or none\n')
})
