import { GraphQLError } from 'graphql'

/** What a caller may be told. Each names the field and the rule, never a value that another party sent. */
export const codes = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_ACCEPTABLE: 406,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  TIMEOUT: 503,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const
export type Code = keyof typeof codes

/** A question that breaks a rule: the caller can mend it. */
export function refused(field: string, rule: string): GraphQLError {
  return new GraphQLError(`${field}: ${rule}`, { extensions: { code: 'BAD_USER_INPUT', field, rule } })
}

export function failed(code: Code, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: codes[code] } } })
}
