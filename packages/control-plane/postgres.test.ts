import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startPostgres, whyNoPostgres } from '../../infra/postgres/server.ts'
import { ControlPlaneUnavailable, openControlPlane } from './index.ts'
import { postgresAddress } from './postgres.ts'
import { sayUnavailable } from './unavailable.ts'

// A server of its own, because it is killed and frozen.
const server = (await whyNoPostgres()) ? undefined : await startPostgres()
afterAll(() => server?.stop())

const masterKey = Buffer.alloc(32, 1)

test.skipIf(!server)(
  'a server that is away is worth another try, is told in time, and afterwards everything is as it was',
  async () => {
    const plane = await openControlPlane({ url: await server!.database(), masterKey })
    await plane.migrate()
    await plane.ledger.claim([0, 1], 'owner')
    await server!.kill()
    for (const ask of [
      () => plane.ledger.positions(),
      () => plane.authorities.list(),
      () => plane.keys.list(),
    ]) {
      const error = await ask().then(
        () => undefined,
        (e) => e,
      )
      expect(error).toBeInstanceOf(ControlPlaneUnavailable)
      expect(error).toMatchObject({ retryable: true, code: 'CONTROL_PLANE_UNAVAILABLE' })
    }
    await server!.restart()
    expect(await plane.ledger.positions()).toHaveLength(2)
    const several = (ask: () => Promise<unknown>) => Promise.all(Array.from({ length: 12 }, ask))
    await several(() => plane.ledger.positions())
    server!.freeze()
    const asked = performance.now()
    // A transaction too: it has a rollback to wait for. And more of them than the pool has connections.
    await several(() => expect(plane.ledger.claim([0], 'b')).rejects.toBeInstanceOf(ControlPlaneUnavailable))
    expect(performance.now() - asked).toBeLessThan(32_000)
    server!.thaw()
    await delay(1_500)
    expect(await several(() => plane.ledger.positions())).toHaveLength(12)
    await plane.close()
  },
)

test.skipIf(!server)('an owner whose change was cut off by a crash may send it again', async () => {
  const plane = await openControlPlane({ url: await server!.database(), masterKey })
  await plane.migrate()
  const { epoch } = (await plane.ledger.claim([0], 'owner')).get(0)!
  const change = new Map([[0, { epoch, offset: 7, drained: 3 }]])
  await plane.ledger.advance(change)
  await server!.kill()
  await server!.restart()
  await plane.ledger.advance(change).catch(() => plane.ledger.advance(change))
  expect(await plane.ledger.positions()).toMatchObject([{ offset: 7, drained: 3, epoch }])
  await plane.close()
})

test.skipIf(!server)('no error names the password or the address', async () => {
  const url = new URL(await server!.database())
  const wrong = new URL(url)
  wrong.password = 'canary'
  const nowhere = new URL(url)
  nowhere.port = '1'
  for (const one of [wrong, nowhere]) {
    const error = await openControlPlane({ url: one.href, masterKey })
      .then((plane) => plane.migrate())
      .catch((e) => e)
    const text = `${error}${(error as Error).stack}`
    for (const secret of ['canary', url.password, '127.0.0.1']) expect(text).not.toContain(secret)
  }
})

test('TLS follows the URL: absent, unproven, proven by the authority, and by the name as well', () => {
  const ssl = (query: string) => postgresAddress(`postgres://u:p%40@h:6000/d${query}`).ssl
  expect(ssl('')).toBe(false)
  expect(ssl('?sslmode=disable')).toBe(false)
  expect(ssl('?sslmode=require')).toEqual({ rejectUnauthorized: false })
  expect(ssl('?sslmode=verify-full')).toEqual({ rejectUnauthorized: true })
  const byAuthority = { rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }
  expect(ssl('?sslmode=verify-ca')).toEqual(byAuthority)
  expect(postgresAddress('postgresql://u:p%40@h/d')).toMatchObject({ password: 'p@', port: 5432 })
})

test('a URL that cannot be kept to is refused, and never shown', async () => {
  const urls = [
    ...['postgres://canary@/d', 'postgres://canary@h:x/d', 'postgres://canary:canary@h'],
    ...['postgres://u:canary@h/d?sslmode=prefer', 'postgres://u:%zzcanary@h/d'],
    ...['postgres://u:p@h/d?options=canary', 'postgres://u:p@h/d?sslmode=verify-full&sslrootcert=/canary'],
  ]
  for (const url of urls) {
    const refusal = await openControlPlane({ url, masterKey }).catch((error) => error)
    expect(refusal, url).toMatchObject({ name: 'RefusedError', field: 'url' })
    expect(String(refusal)).not.toContain('canary')
  }
})

test.skipIf(!server)(
  'a server without TLS is not spoken to in the clear where the URL asks for TLS',
  async () => {
    const url = `${await server!.database()}?sslmode=require`
    const plane = await openControlPlane({ url, masterKey })
    await expect(plane.authorities.list()).rejects.toThrow(/SSL/)
    await plane.close()
  },
)

test('a failure is told by its code alone, whatever the server wrote', () => {
  const failed = (code: string) => sayUnavailable(Object.assign(new Error('canary'), { code })) as Error
  for (const code of ['40001', '40P01', '08006', '53300', '57P01', '57014', 'ECONNRESET', 'EAI_AGAIN'])
    expect(failed(code), code).toMatchObject({ retryable: true })
  for (const code of ['23505', '42P01', '28P01'])
    expect(failed(code), code).toMatchObject({ code: 'CONTROL_PLANE_REFUSED' })
  for (const code of ['40001', '23505']) expect(String(failed(code))).not.toContain('canary')
})
