/** Makes the secrets that docker-compose.yml names, in secrets/, each once: what is there stays. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../secrets/', import.meta.url))
mkdirSync(folder, { recursive: true, mode: 0o700 })

/** Compose hands a file over as it is: readable by the containers' own users, in a folder that is closed to others. */
function once(name, make) {
  const file = `${folder}${name}`
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o644, flag: 'wx' })
  return readFileSync(file, 'utf8')
}
once('master_key', () => randomBytes(32).toString('base64'))
once('clickhouse_password', () => randomBytes(24).toString('base64url'))
const password = once('postgres_password', () => randomBytes(24).toString('base64url'))
once('database_url', () => `postgres://cairn:${password}@postgres:5432/cairn`)
console.log('secrets/ is complete. Keep a copy of master_key: without it no pseudonym can be made again.')
