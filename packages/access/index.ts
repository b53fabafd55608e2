export { type AccessCode, AccessError } from './access-error.ts'
export {
  type AccessDeps,
  authenticate,
  authenticateReader,
  authenticateSender,
  type IngestGrant,
} from './authenticate.ts'
export { createLocalIssuer, type LocalIssuer } from './local-issuer.ts'
export { holdsRecords, isScope, type Narrowing, narrow, type Scope, scopeKey } from './scope.ts'
export { createTokenVerifier, type TokenConfig, type TokenVerifier } from './tokens.ts'
