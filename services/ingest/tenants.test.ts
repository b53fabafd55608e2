import { pseudonymsUnder } from '@cairn/control-plane'
import { describe, expect, it } from 'vitest'
import { type Directory, Tenants } from './tenants.ts'

function directory() {
  const reads: number[] = []
  const it = {
    reads,
    fail: false as boolean,
    async schoolsOf(authority: number) {
      reads.push(authority)
      if (it.fail) throw new Error('unreachable')
      return [812345 + reads.length - 1]
    },
    pseudonymKey: async () => ({ keyId: 'k1', key: Buffer.alloc(32, 1) }),
  } satisfies Directory & { reads: number[]; fail: boolean }
  return it
}

describe('what is known of an authority', () => {
  it('is read once for requests that come together, and again after five seconds', async () => {
    let now = 0
    const control = directory()
    const tenants = new Tenants(control, () => now)
    const [a, b] = await Promise.all([tenants.of(855), tenants.of(855)])
    expect(a).toBe(b)
    now = 4_999
    expect(await tenants.of(855)).toBe(a)
    expect(control.reads).toEqual([855])
    now = 5_000
    expect((await tenants.of(855)).schools).toEqual(new Set([812346]))
  })

  it('is read again for a school that is missing, at most four times a second', async () => {
    let now = 0
    const control = directory()
    const tenants = new Tenants(control, () => now)
    const first = await tenants.of(855)
    expect(await tenants.fresh(855)).toBe(first)
    now = 250
    expect(await tenants.fresh(855)).not.toBe(first)
    expect(control.reads).toEqual([855, 855])
  })

  it('is asked for anew after a failure', async () => {
    const control = directory()
    const tenants = new Tenants(control)
    control.fail = true
    await expect(tenants.of(855)).rejects.toThrow('unreachable')
    control.fail = false
    expect((await tenants.of(855)).authority).toBe(855)
  })
})

it('a pseudonym is key id, colon and 128 bits of HMAC-SHA-256 (vector worked out with openssl)', () => {
  const pseudonymOf = pseudonymsUnder({ keyId: 'k1', key: Buffer.alloc(32, 1) })
  expect(pseudonymOf('Z855400125001')).toBe('k1:4234d7be52acbd05b0c5f25e31189cf7')
})
