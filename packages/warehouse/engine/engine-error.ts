/** A refusal by the front itself, in the form that ClickHouse gives its own. */
export class EngineError extends Error {
  readonly code: number
  readonly httpStatus: number

  constructor(code: number, codeName: string, text: string, httpStatus = 400) {
    super(`Code: ${code}. DB::Exception: ${text}. (${codeName})`)
    this.code = code
    this.httpStatus = httpStatus
  }
}

/** HTTP statuses as ClickHouse's server gives them; anything else is 500. */
const statusOfCode: Record<number, number> = {
  46: 404, // UNKNOWN_FUNCTION
  47: 404, // UNKNOWN_IDENTIFIER
  60: 404, // UNKNOWN_TABLE
  62: 400, // SYNTAX_ERROR
  81: 404, // UNKNOWN_DATABASE
  159: 408, // TIMEOUT_EXCEEDED
  516: 403, // AUTHENTICATION_FAILED
}

/** What to send for an error: ClickHouse's text, its code and an HTTP status. */
export function describeError(error: unknown): { text: string; code: number; status: number } {
  const text = error instanceof Error ? error.message : 'unknown error'
  if (error instanceof EngineError) return { text, code: error.code, status: error.httpStatus }
  const code = Number(/Code: (\d+)\./.exec(text)?.[1] ?? 0)
  if (code > 0) return { text, code, status: statusOfCode[code] ?? 500 }
  return { text: `Code: 1002. DB::Exception: ${text}. (UNKNOWN_EXCEPTION)`, code: 1002, status: 500 }
}
