import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { privateFile } from './private-file.ts'
import { RefusedError } from './refused.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/**
 * The master key of an installation: 32 random bytes, base64 in a file that its owner alone can read. Made on first use.
 */
export function loadOrCreateMasterKey(file: string): Buffer {
  const key = Buffer.from(
    privateFile(file, () => randomBytes(keyBytes).toString('base64')),
    'base64',
  )
  if (key.length !== keyBytes) throw new RefusedError('master key', 'a file with 32 bytes in base64')
  return key
}

/** The master key from the environment (base64) where it is given there, else from its file. */
export const masterKeyFrom = (given: { base64: string | undefined; file: string }): Buffer => {
  if (given.base64 === undefined) return loadOrCreateMasterKey(given.file)
  const key = Buffer.from(given.base64, 'base64')
  if (key.length !== keyBytes) throw new RefusedError('master key', '32 bytes in base64')
  return key
}

/** AES-256-GCM: base64 of nonce, ciphertext and tag. `purpose` is bound in: what is sealed for one opens for no other. */
export function seal(masterKey: Buffer, purpose: string, plain: Buffer): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(purpose))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

export function unseal(masterKey: Buffer, purpose: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, nonceBytes))
    .setAAD(Buffer.from(purpose))
    .setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)),
      decipher.final(),
    ])
  } catch {
    throw new RefusedError('master key', 'must be the one that the control plane was made with')
  }
}
