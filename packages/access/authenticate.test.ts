import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeyCache } from '@cairn/control-plane'
import {
  addTwoAuthorities,
  type TemporaryControlPlane,
  temporaryControlPlane,
} from '@cairn/control-plane/testing'
import { importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AccessDeps,
  AccessError,
  authenticate,
  authenticateReader,
  authenticateSender,
  createLocalIssuer,
  createTokenVerifier,
  type IngestGrant,
  isScope,
  type LocalIssuer,
} from './index.ts'
import { keyPairOf } from './local-issuer.ts'

let temporary: TemporaryControlPlane
let issuer: LocalIssuer
const masterKey = randomBytes(32)
let deps: AccessDeps
beforeAll(async () => {
  temporary = await temporaryControlPlane()
  await addTwoAuthorities(temporary.plane)
  const { readers, keys } = temporary.plane
  await readers.add({ id: 'ann', name: 'Ann', role: 'analyst', authorities: [855], schools: null })
  await readers.add({ id: 'lee', name: 'Lee', role: 'school_lead', authorities: [856], schools: [100003] })
  issuer = await createLocalIssuer(masterKey)
  deps = { keys: new KeyCache(keys), readers, tokens: issuer.verifier }
})
afterAll(() => temporary.remove())

const refusal = async (credential: string | undefined, more: Partial<AccessDeps> = {}) => {
  const error = await authenticate(credential, { ...deps, ...more })
  expect(error).toBeInstanceOf(AccessError)
  const { code, status, message } = error as AccessError
  if (credential)
    for (const part of credential.split(/[ ._]/)) if (part.length > 12) expect(message).not.toContain(part)
  return { code, status }
}

test("a reader's key gives the scope of the reader's grants", async () => {
  const { key } = await temporary.plane.keys.create({ kind: 'reader', reader: 'lee', label: 'x' })
  for (const credential of [`Bearer ${key}`, `bearer ${key}`, key]) {
    const scope = await authenticate(credential, deps)
    expect(isScope(scope)).toBe(true)
    expect(scope).toMatchObject({
      authorities: [856],
      schools: [100003],
      role: 'school_lead',
      readerId: 'lee',
    })
  }
  expect(await authenticateSender(`Bearer ${key}`, deps)).toMatchObject({ status: 403, code: 'not_a_sender' })
})

test("a sender's key gives its grant, which cannot be changed, and cannot read", async () => {
  const request = {
    kind: 'ingest',
    authority: 855,
    school: 100001,
    sources: ['urn:mis/1'],
    label: 'x',
  } as const
  const { id, key } = await temporary.plane.keys.create(request)
  const grant = await authenticateSender(`Bearer ${key}`, deps)
  expect(grant).toEqual({ kind: 'ingest', keyId: id, authority: 855, school: 100001, sources: ['urn:mis/1'] })
  expect(() => ((grant as IngestGrant).sources as string[]).push('urn:other')).toThrow(TypeError)
  expect(await authenticateReader(`Bearer ${key}`, deps)).toMatchObject({ status: 403, code: 'not_a_reader' })
})

test('no credential, a malformed one, and an unknown key are refused with 401 and repeat nothing of it', async () => {
  expect(await refusal(undefined)).toEqual({ status: 401, code: 'credential_missing' })
  expect(await refusal('Bearer ')).toEqual({ status: 401, code: 'credential_missing' })
  expect(await refusal('Basic dXNlcjpwYXNzd29yZA==')).toEqual({ status: 401, code: 'credential_malformed' })
  expect(await refusal(`Bearer cairn_${'a'.repeat(16)}_${'b'.repeat(43)}`)).toEqual({
    status: 401,
    code: 'key_refused',
  })
})

test("a token gives the scope that the control plane grants its reader, whatever the token's claims say", async () => {
  const scope = await authenticate(`Bearer ${await issuer.issueToken('ann', 60)}`, deps)
  expect(scope).toMatchObject({ authorities: [855], schools: 'all', role: 'analyst', readerId: 'ann' })
  const claiming = await sign({ sub: 'lee', authorities: [855, 856], schools: 'all', role: 'commissioner' })
  expect(await authenticate(`Bearer ${claiming}`, deps)).toMatchObject({
    authorities: [856],
    schools: [100003],
  })
})

test('a token for somebody who may not read is refused with 403, also once the reader has been removed', async () => {
  expect(await refusal(`Bearer ${await issuer.issueToken('nobody', 60)}`)).toEqual({
    status: 403,
    code: 'reader_unknown',
  })
  await temporary.plane.readers.add({ id: 'tmp', name: 'T', role: 'bi', authorities: [855], schools: null })
  const token = await issuer.issueToken('tmp', 60)
  expect(isScope(await authenticate(token, deps))).toBe(true)
  await temporary.plane.readers.remove('tmp')
  expect(await refusal(token)).toEqual({ status: 403, code: 'reader_unknown' })
})

test('a token that is expired, not signed, signed by another, or for another issuer or audience is refused', async () => {
  expect(await refusal(await issuer.issueToken('ann', -60))).toEqual({ status: 401, code: 'token_expired' })
  const refused = { status: 401, code: 'token_refused' }
  const unsigned = new UnsecuredJWT({}).setIssuer(issuer.config.issuer).setAudience(issuer.config.audience)
  expect(await refusal(`${unsigned.setSubject('ann').setExpirationTime('1h').encode()}x`)).toEqual(refused)
  const stranger = await createLocalIssuer(randomBytes(32))
  expect(await refusal(await stranger.issueToken('ann', 60))).toEqual(refused)
  expect(await refusal(await sign({ sub: 'ann', iss: 'urn:other' }))).toEqual(refused)
  expect(await refusal(await sign({ sub: 'ann', aud: 'urn:other' }))).toEqual(refused)
  expect(await refusal(await sign({ sub: 'ann', exp: undefined }))).toEqual(refused)
  expect(await refusal(await sign({}))).toEqual(refused)
  const [head, body, signature] = (await issuer.issueToken('ann', 60)).split('.')
  const other = Buffer.from(body!, 'base64url').toString().replace('"ann"', '"lee"')
  expect(await refusal(`${head}.${Buffer.from(other).toString('base64url')}.${signature}`)).toEqual(refused)
})

test("a token signed with the issuer's public key as a shared secret is refused", async () => {
  const { publicKeys } = issuer.config.keys as { publicKeys: JWK[] }
  const secret = Buffer.from(publicKeys[0]!.x!, 'base64url')
  const token = await new SignJWT({ iss: issuer.config.issuer, aud: issuer.config.audience, sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256', kid: publicKeys[0]!.kid! })
    .setExpirationTime('1h')
    .sign(secret)
  expect(await refusal(token)).toEqual({ status: 401, code: 'token_refused' })
})

test('where no issuer is configured, tokens are refused and keys go on working', async () => {
  const { tokens: _tokens, ...keysOnly } = deps
  const error = await authenticate(await issuer.issueToken('ann', 60), keysOnly)
  expect(error).toMatchObject({ status: 401, code: 'tokens_not_accepted' })
})

test("tokens are verified against the issuer's published keys, and an issuer out of reach is no refusal", async () => {
  const { publicKeys } = issuer.config.keys as { publicKeys: JWK[] }
  let status = 200
  const server = createServer((_, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ keys: publicKeys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  const verifier = () => createTokenVerifier({ ...issuer.config, keys: { jwksUrl } })
  const token = await issuer.issueToken('ann', 60)
  expect(await verifier().verify(token)).toBe('ann')
  status = 500
  await expect(verifier().verify(token)).rejects.toThrow()
  await new Promise((resolve) => server.close(resolve))
  await expect(verifier().verify(token)).rejects.toThrow()
})

test("every gateway under one master key takes the others' tokens; nothing private is in the issuer's config", async () => {
  const other = await createLocalIssuer(Buffer.from(masterKey))
  expect(await other.verifier.verify(await issuer.issueToken('ann', 60))).toBe('ann')
  expect(other.config).toEqual(issuer.config)
  const { publicKeys } = issuer.config.keys as { publicKeys: JWK[] }
  expect(Object.keys(publicKeys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  expect(JSON.stringify(issuer.config)).not.toContain(masterKey.toString('base64url'))
})

test('a control plane that cannot be reached is an error, not a refusal', async () => {
  const keys = { verify: () => Promise.reject(new Error('unreachable')) }
  await expect(authenticate(`cairn_${'a'.repeat(16)}_${'b'.repeat(43)}`, { ...deps, keys })).rejects.toThrow(
    'unreachable',
  )
})

/** A token under the issuer's own key with any claims: what a compromised application might be handed. */
async function sign(claims: Record<string, unknown>): Promise<string> {
  const jwk = keyPairOf(masterKey)
  const payload = {
    ...{ iss: issuer.config.issuer, aud: issuer.config.audience, exp: Math.floor(Date.now() / 1_000) + 60 },
    ...claims,
  }
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid! })
    .sign(await importJWK(jwk, 'EdDSA'))
}
