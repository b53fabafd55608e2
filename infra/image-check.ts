/**
 * `npm run image:check`: what the runtime stage of the Dockerfile copies is laid out in a folder, read-only, and each
 * program is run from there as a user without rights, against an embedded engine. No container engine is needed. What
 * it does not show: that the base image is there, and that `docker build` runs. Exits 1 where a program fails.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startEngine } from '@cairn/warehouse/engine'

const root = fileURLToPath(new URL('..', import.meta.url))
const nobody = 65_534
/** Only root may become another user; anyone else is without rights already. */
const as = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
const scratch = mkdtempSync(join(tmpdir(), 'cairn-image-'))
const [app, data] = [join(scratch, 'app'), join(scratch, 'data')]
const results: { program: string; ok: boolean; note: string }[] = []

const built = spawnSync(process.execPath, [join(root, 'infra/build.mjs')], { encoding: 'utf8' })
if (built.status !== 0) throw new Error(built.stderr)
layOut()
const engine = await startEngine({ dataDir: join(scratch, 'warehouse') })
try {
  const env = {
    CAIRN_DATA: data,
    CLICKHOUSE_URL: engine.url,
    CLICKHOUSE_USER: engine.username,
    CLICKHOUSE_PASSWORD: engine.password,
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    NODE_DISABLE_COMPILE_CACHE: '1',
  }
  await runs('cli', env)
  for (const name of ['ingest', 'aggregator', 'gateway']) await serves(name, env)
} finally {
  await engine.stop()
  rmSync(scratch, { recursive: true, force: true })
}
const ok = results.every((result) => result.ok)
if (process.argv.includes('--json')) console.log(JSON.stringify({ ok, user: as.uid ?? 'own', results }))
else for (const { program, ok, note } of results) console.log(`${ok ? 'ok  ' : 'FAIL'} ${program}: ${note}`)
process.exit(ok ? 0 : 1)

function layOut(): void {
  const stage = readFileSync(join(root, 'Dockerfile'), 'utf8').split(/^FROM .* AS runtime$/m)[1] ?? ''
  const copies = [...stage.matchAll(/^COPY --from=build \/build\/(\S+) \.\/(\S+)$/gm)]
  if (copies.length === 0) throw new Error('the Dockerfile has no runtime stage that copies')
  for (const [, from, to] of copies) {
    mkdirSync(dirname(join(app, to!)), { recursive: true })
    cpSync(join(root, from!), join(app, to!), { recursive: true })
  }
  mkdirSync(data)
  chmodSync(scratch, 0o755)
  spawnSync('chmod', ['-R', 'a=rX', app])
  if (as.uid) chownSync(data, nobody, nobody)
}

function launch(program: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [`dist/${program}/main.js`, ...args], {
    ...as,
    cwd: app,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return { child, exited: once(child, 'exit').then(([code]) => code as number | null), stderr: () => stderr }
}

async function runs(program: string, env: Record<string, string>): Promise<void> {
  const { child, exited, stderr } = launch(program, ['migrate', '--json'], env)
  let stdout = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  const code = await exited
  results.push({
    program,
    ok: code === 0,
    note: code === 0 ? `migrate ${stdout.trim()}` : stderr().slice(-500),
  })
}

async function serves(name: string, env: Record<string, string>): Promise<void> {
  const began = performance.now()
  const { child, exited, stderr } = launch(name, [], { ...env, [`CAIRN_${name.toUpperCase()}_PORT`]: '0' })
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
  try {
    const ready = once(createInterface({ input: child.stdout }), 'line')
    const line = await Promise.race([ready.then(([text]) => String(text)), exited.then(() => undefined)])
    if (line === undefined) throw new Error(`ended before it was ready: ${stderr().slice(-500)}`)
    const ms = Math.round(performance.now() - began)
    const { status } = await fetch(`http://127.0.0.1:${JSON.parse(line).port}/ready`)
    child.kill('SIGTERM')
    const code = await exited
    const note = `ready after ${ms} ms, /ready answers ${status}, SIGTERM ends it with ${code}`
    results.push({ program: name, ok: status === 200 && code === 0, note })
  } catch (error) {
    results.push({ program: name, ok: false, note: (error as Error).message })
    child.kill('SIGKILL')
  } finally {
    clearTimeout(late)
  }
}
