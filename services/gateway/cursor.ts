import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { refused } from './errors.ts'

/**
 * Cursors hold the place of a row in a stable order, and nothing that the row does not show. They are signed for one
 * reader's scope and one question: one that was changed, or made for another question or scope, is refused.
 */
export class Cursors {
  readonly #key: Buffer

  /** @param secret of the installation, so that a restart or another gateway reads the same cursors */
  constructor(secret: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'cairn cursors', 32))
  }

  sign(place: string, question: string): string {
    const text = Buffer.from(place)
    return Buffer.concat([this.#mac(text, question), text]).toString('base64url')
  }

  /** @throws GraphQLError naming `field` where the cursor is not one of this question */
  read(cursor: string, question: string, field: string): string {
    const bytes = Buffer.from(cursor, 'base64url')
    const text = bytes.subarray(macBytes)
    const mac = this.#mac(text, question)
    const same = bytes.length > macBytes && timingSafeEqual(bytes.subarray(0, macBytes), mac)
    // A second spelling of the same bytes (padding, other letters for unused bits) is not a cursor that was given.
    if (!same || bytes.toString('base64url') !== cursor)
      throw refused(field, 'must be a cursor that this same question gave you')
    return text.toString()
  }

  #mac(text: Buffer, question: string): Buffer {
    const mac = createHmac('sha256', this.#key).update(`${question.length}:${question}`).update(text)
    return mac.digest().subarray(0, macBytes)
  }
}

const macBytes = 16
