/**
 * `npm run image:check`: what the runtime stage of the Dockerfile copies is laid out in a folder, read-only, and each
 * program is run from there as a user without rights, against an embedded engine. No container engine is needed. What
 * it does not show: that the base image is there, and that `docker build` runs. Exits 1 where a program fails.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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
const children = new Set<ChildProcess>()
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
  await command(env, 'migrate')
  const started = []
  for (const name of ['ingest', 'aggregator', 'gateway']) started.push(await serves(name, env))
  await eventToFigure(env, started[0]!.url, started[2]!.url)
  for (const service of started) await service.stop()
} catch (error) {
  results.push({ program: 'image', ok: false, note: (error as Error).message })
} finally {
  for (const child of children) child.kill('SIGKILL')
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
  children.add(child)
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return { child, exited: once(child, 'exit').then(([code]) => code as number | null), stderr: () => stderr }
}

/** Runs the command line; returns what it printed. @throws with its own words where it fails */
async function command(env: Record<string, string>, ...args: string[]): Promise<any> {
  const { child, exited, stderr } = launch('cli', [...args, '--json'], env)
  let stdout = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  const code = await exited
  if (code !== 0) throw new Error(`cairn ${args[0]} ended with ${code}: ${stderr().slice(-500)}`)
  results.push({ program: 'cli', ok: true, note: args.slice(0, 2).join(' ').replaceAll(scratch, '') })
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

async function serves(name: string, env: Record<string, string>) {
  const began = performance.now()
  const { child, exited, stderr } = launch(name, [], { ...env, [`CAIRN_${name.toUpperCase()}_PORT`]: '0' })
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const ready = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text))
  const line = await Promise.race([ready, exited.then(() => undefined)])
  if (line === undefined) throw new Error(`${name} ended before it was ready: ${stderr().slice(-500)}`)
  const ms = Math.round(performance.now() - began)
  const url = `http://127.0.0.1:${JSON.parse(line).port}`
  return {
    url,
    async stop() {
      const { status } = await fetch(`${url}/ready`)
      child.kill('SIGTERM')
      const code = await exited
      clearTimeout(late)
      const note = `ready after ${ms} ms, /ready answers ${status}, SIGTERM ends it with ${code}`
      results.push({ program: name, ok: status === 200 && code === 0, note })
    },
  }
}

/** One event goes all the way: through ingest, the log and the aggregator's thread into the cells. */
async function eventToFigure(env: Record<string, string>, ingest: string, gateway: string): Promise<void> {
  const register = join(scratch, 'register.csv')
  const events = join(scratch, 'events.ndjson')
  writeFileSync(
    register,
    'AcademicYear,LA,LAEstab,SchoolName,URN\n201718,998,9984001,Invented Upper,899101\n',
  )
  const data = { school: '899101', type: 'SUSP', startsOn: '2018-03-05', reasons: ['PP'], pupil: 'P-1' }
  const event = { specversion: '1.0', type: 'exclusion.recorded', source: 'urn:mis:998', id: '1', data }
  writeFileSync(events, `${JSON.stringify(event)}\n`)
  await command(env, 'authority', 'add', '998', '--name', 'Invented')
  await command(env, 'school', 'import', register)
  const { key } = await command(env, 'key', 'create', '--authority', '998', '--source', 'urn:mis:998')
  await command({ ...env, CAIRN_KEY: key }, 'send', events, '--url', ingest)
  const until = performance.now() + 30_000
  for (;;) {
    const { partitions, authorities, whole } = await command(env, 'status')
    const waiting = partitions.reduce((sum: number, one: { waiting: number }) => sum + one.waiting, 0)
    const [one] = authorities
    if (whole && waiting === 0 && one?.current === 1) {
      const figure = await ask(env, gateway)
      results.push({ program: 'image', ok: true, note: `an event is in the cells; the gateway: ${figure}` })
      return
    }
    if (performance.now() > until) throw new Error('the event did not reach the cells in 30 s')
  }
}

async function ask(env: Record<string, string>, gateway: string): Promise<string> {
  // Across schools nothing of one school is told; its lead gets the figure as it stands.
  const lead = ['--role', 'school_lead', '--school', '899101']
  const { key } = await command(env, 'key', 'create', '--authority', '998', ...lead)
  const query =
    '{ figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["201718"] }) { rows { schoolUrn value status } } }'
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  const answer = (await response.json()) as {
    data?: { figures?: { rows: { schoolUrn: unknown; value: unknown }[] } }
  }
  const rows = answer.data?.figures?.rows ?? []
  if (rows.length !== 1 || String(rows[0]!.schoolUrn) !== '899101' || rows[0]!.value !== 1)
    throw new Error(`the gateway has no figure of the event: ${JSON.stringify(answer)}`)
  return JSON.stringify(rows[0])
}
