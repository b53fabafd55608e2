/** Why a credential was refused, and with which HTTP status. */
const refusals = {
  credential_missing: [401, 'an API key or a token is needed'],
  credential_malformed: [401, 'the credential is neither an API key nor a token'],
  key_refused: [401, 'the key is unknown, revoked or expired'],
  token_refused: [401, 'the token does not verify'],
  token_expired: [401, 'the token has expired'],
  tokens_not_accepted: [401, 'tokens are not accepted here'],
  reader_unknown: [403, 'the token names nobody who may read'],
  not_a_reader: [403, 'a key that sends events cannot read'],
  not_a_sender: [403, 'this credential cannot send events'],
} as const

export type AccessCode = keyof typeof refusals

/** A refused credential: a value, not thrown. The message holds nothing of what was presented. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly status: 401 | 403
  readonly code: AccessCode

  constructor(code: AccessCode) {
    super(refusals[code][1])
    this.status = refusals[code][0]
    this.code = code
  }
}
