/**
 * Unique Pupil Numbers: check letter, LA (3 digits), establishment (4), year (2), serial (3, the last one a letter in
 * a temporary UPN). Source: domain reference, 2.1.
 */

const alphabet = 'ABCDEFGHJKLMNPQRTUVWXYZ'
const start = '(?<![A-Za-z0-9])[A-HJ-NP-RT-Z]'
const end = '[A-Za-z0-9](?![A-Za-z0-9])'

/**
 * Thirteen characters that stand alone; or the parts as people write them, A 801 2000 05 001, with a space or hyphen
 * at least between LA and establishment. Separators anywhere would refuse ids such as `e-<uuid>` and `t-20251006-1015`.
 */
const shape = new RegExp(`${start}(?:\\d{11}${end}|[ -]?\\d{3}[ -]\\d{4}[ -]?\\d{2}[ -]?\\d{2}${end})`, 'i')

const unusual = /[^\x20-\x7e]|%[0-7]/

/** Whether a UPN-shaped token stands anywhere in the text, in any case, width or percent-encoding. */
export function isUpnShaped(text: string): boolean {
  if (text.length < 13) return false
  if (shape.test(text)) return true
  return unusual.test(text) && shape.test(plain(text))
}

/** Visible ASCII without escapes of JSON or of URIs: what stands in the text is what it says. */
const literal = /^[ -$&-[\]-~]*$/

/** A JSON text that surely holds no UPN; `false` means: look at its strings one by one. */
export function isClearOfUpn(json: string): boolean {
  return literal.test(json) && !shape.test(json)
}

/** Full-width letters and digits become plain ones, invisible characters go, %41 becomes A. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Whether a UPN of exactly thirteen characters carries the check letter that its digits ask for. */
export function hasValidCheckLetter(upn: string): boolean {
  const text = upn.toUpperCase()
  if (!/^[A-HJ-NP-RT-Z]\d{11}[A-HJ-NP-RT-Z\d]$/.test(text)) return false
  let sum = 0
  for (let position = 2; position <= 13; position++) {
    const character = text[position - 1]!
    const value = character >= 'A' ? alphabet.indexOf(character) : Number(character)
    sum += position * value
  }
  return alphabet[sum % 23] === text[0]
}
