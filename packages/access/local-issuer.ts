import { createHash, generateKeyPairSync } from 'node:crypto'
import { privateFile } from '@cairn/control-plane'
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
 * An issuer for development, where no identity provider is at hand: an Ed25519 key pair in a file that its owner alone
 * can read, made on first use.
 */
export async function createLocalIssuer(file: string): Promise<LocalIssuer> {
  const privateJwk: JWK = JSON.parse(privateFile(file, newKeyPair))
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

function newKeyPair(): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(String(jwk.x)).digest('base64url').slice(0, 16)
  return JSON.stringify({ ...jwk, kid, alg: 'EdDSA', use: 'sig' })
}
