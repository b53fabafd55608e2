import { createHmac } from 'node:crypto'
import type { PseudonymKey } from './authorities.ts'

/** Key id, colon, and the first 128 bits of HMAC-SHA-256 in hexadecimal; of an identifier in its normal form. */
export function pseudonymsUnder({ keyId, key }: PseudonymKey): (identifier: string) => string {
  return (identifier) => `${keyId}:${createHmac('sha256', key).update(identifier).digest('hex').slice(0, 32)}`
}
