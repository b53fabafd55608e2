import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startPostgres, whyNoPostgres } from '../../infra/postgres/server.ts'
import { ControlPlaneUnavailable, openControlPlane } from './index.ts'

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
    server!.freeze()
    const asked = performance.now()
    await expect(plane.ledger.positions()).rejects.toBeInstanceOf(ControlPlaneUnavailable)
    expect(performance.now() - asked).toBeLessThan(25_000)
    server!.thaw()
    await delay(500)
    expect(await plane.ledger.positions()).toHaveLength(2)
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
