import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RefusedError } from './refused.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/**
 * The master key of an installation: 32 random bytes, base64 in a file that its owner alone can read (0600). Made on
 * first use; of several processes that make it at once, one wins and all get that one.
 */
export function loadOrCreateMasterKey(file: string): Buffer {
  return readMasterKey(file) ?? createMasterKey(file)
}

function readMasterKey(file: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== keyBytes) throw new RefusedError('master key', 'a file with 32 bytes in base64')
  return key
}

function createMasterKey(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true })
  // Written aside and linked into place: never half a key, and never over one that is there.
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(aside, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(aside)
  }
  return readMasterKey(file)!
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
