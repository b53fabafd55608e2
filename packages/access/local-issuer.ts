import { createHash, createPrivateKey, hkdfSync } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import { createTokenVerifier, type TokenConfig, type TokenVerifier } from './tokens.ts'

export interface LocalIssuer {
  /** What a verifier needs to know of it: its public key, never the private one. */
  readonly config: TokenConfig
  readonly verifier: TokenVerifier
  /** A token that vouches for a reader, for this many seconds. */
  issueToken(readerId: string, ttlSeconds: number): Promise<string>
}

const issuer = 'urn:cairn:local-issuer'
const audience = 'urn:cairn:gateway'

/**
 * An issuer for where no identity provider is at hand. Its Ed25519 key follows from the installation's master key, so
 * that every gateway and the command line agree on it without another secret to hand round.
 */
export async function createLocalIssuer(masterKey: Buffer): Promise<LocalIssuer> {
  const privateJwk = keyPairOf(masterKey)
  const { d: _private, ...publicJwk } = privateJwk
  const signingKey = await importJWK(privateJwk, 'EdDSA')
  const config: TokenConfig = { issuer, audience, keys: { publicKeys: [publicJwk] } }
  return {
    config,
    verifier: createTokenVerifier(config),
    issueToken: (readerId, ttlSeconds) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA', kid: publicJwk.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(readerId)
        .setIssuedAt()
        .setExpirationTime(new Date(Date.now() + ttlSeconds * 1_000))
        .sign(signingKey),
  }
}

/** HKDF-SHA-256 (RFC 5869) gives the 32 bytes that an Ed25519 private key is (RFC 8410, section 7). */
export function keyPairOf(masterKey: Buffer): JWK {
  const seed = Buffer.from(hkdfSync('sha256', masterKey, '', 'cairn local issuer Ed25519 v1', 32))
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
  const kid = createHash('sha256').update(String(jwk.x)).digest('base64url').slice(0, 16)
  return { ...jwk, kid, alg: 'EdDSA', use: 'sig' } as JWK
}
