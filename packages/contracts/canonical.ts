/** JSON with sorted keys and no spaces: equal content gives equal text, whatever order it was sent in. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  return Array.isArray(value) ? `[${value.map(canonicalJson).join(',')}]` : objectJson(value)
}

function objectJson(value: object): string {
  const object = value as Record<string, unknown>
  const keys = Object.keys(object).sort()
  const members: string[] = []
  for (const key of keys) {
    const member = object[key]
    if (member !== undefined) members.push(`${quoted(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/** Most keys and codes need no escape, and JSON.stringify costs several times this test. */
const needsNoEscape = /^[\w.:@/ -]*$/
const quoted = (text: string): string => (needsNoEscape.test(text) ? `"${text}"` : JSON.stringify(text))
