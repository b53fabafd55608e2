import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWK,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { AccessError } from './access-error.ts'

export interface TokenConfig {
  /** The `iss` that tokens must carry. */
  readonly issuer: string
  /** The `aud` that tokens must carry. */
  readonly audience: string
  /** Where the issuer publishes its keys, or the keys themselves. */
  readonly keys: { readonly jwksUrl: string } | { readonly publicKeys: readonly JWK[] }
}

export interface TokenVerifier {
  /** The reader's id that a token vouches for. */
  verify(token: string): Promise<string | AccessError>
}

/** Public-key signatures alone: a shared secret would let every verifier issue tokens. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256']

/** Verifies JWTs: signature, issuer, audience and expiry. Of the claims, `sub` alone is used. */
export function createTokenVerifier({ issuer, audience, keys }: TokenConfig): TokenVerifier {
  const keySet: JWTVerifyGetKey =
    'jwksUrl' in keys
      ? createRemoteJWKSet(new URL(keys.jwksUrl))
      : createLocalJWKSet({ keys: [...keys.publicKeys] })
  const rules = { issuer, audience, algorithms, requiredClaims: ['sub', 'exp'], clockTolerance: 5 }
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keySet, rules)
        return typeof payload.sub === 'string' && payload.sub !== ''
          ? payload.sub
          : new AccessError('token_refused')
      } catch (error) {
        if (error instanceof errors.JWTExpired) return new AccessError('token_expired')
        // An issuer that cannot be reached says nothing about the token: that is no refusal.
        if (!(error instanceof errors.JOSEError)) throw error
        if (error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC') throw error
        return new AccessError('token_refused')
      }
    },
  }
}
