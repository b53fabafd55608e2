/** Visible ASCII, as in a URI; no backslash, query or fragment, and nothing percent-encoded that means a dot or slash. */
const plain = /^[\x21\x24-\x3e\x40-\x5b\x5d-\x7e]+$/
const disguised = /%(2e|2f|5c)/i

/** Whether a source or prefix says what it means: no dot segments that a reader might resolve to something else. */
function isPlain(text: string): boolean {
  return (
    plain.test(text) &&
    !disguised.test(text) &&
    !text.split('/').some((part) => part === '.' || part === '..')
  )
}

/** The rule for a prefix that a key may be given, or undefined where it is kept. */
export function prefixFault(prefix: string): string | undefined {
  if (prefix.length > 200) return 'at most 200 characters'
  if (!isPlain(prefix)) return 'a URI reference without dot segments, query or fragment'
  if (prefix.endsWith('/')) return 'no slash at the end'
  return undefined
}

/** Whether a key with these prefixes may send as `source`: a prefix itself, or one followed by `/` and more. */
export function sourceAllowed(prefixes: readonly string[], source: string): boolean {
  return isPlain(source) && prefixes.some((prefix) => source === prefix || source.startsWith(`${prefix}/`))
}

/** Whether some source is allowed by both: one contains the other by whole path segments. */
export function prefixesOverlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
