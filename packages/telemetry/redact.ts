const HIDDEN = '[hidden]'
const MAX_DEPTH = 6

/** Names, in lower case without - and _, of what never goes into a log. */
const NAMES = new Set(
  'authorization cookie setcookie headers body data value values payload event events record records pupil upn'.split(
    ' ',
  ),
)
const ENDINGS = ['authorization', 'key', 'token', 'secret', 'password', 'payload', 'pupil', 'upn']

/**
 * A copy of what is to be logged, without anything whose name says payload, credential or pupil, at any depth.
 * Of errors only name, code, message and stack remain: what else they carry may be a request or a row.
 * It goes by names: text put into a message is the caller's to keep clean.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return ofError(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth === MAX_DEPTH || ArrayBuffer.isView(value)) return HIDDEN
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isHidden(name) ? HIDDEN : redact(inner, depth + 1)]),
  )
}

function isHidden(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '')
  return NAMES.has(plain) || ENDINGS.some((ending) => plain.endsWith(ending))
}

function ofError(error: Error): object {
  const { name, message, stack } = error
  return { name, code: (error as { code?: unknown }).code, message, stack }
}
