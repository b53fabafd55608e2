import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { loadOrCreateMasterKey, openControlPlane } from '@cairn/control-plane'

const folder = mkdtempSync('/tmp/ing-')
const cp = await openControlPlane({
  url: `sqlite:${join(folder, 'control.db')}`,
  masterKey: loadOrCreateMasterKey(join(folder, 'master.key')),
})
await cp.migrate()
await cp.authorities.add({ code: 855, gssCode: 'E10000018', name: 'L' })
await cp.schools.import(
  Array.from({ length: 300 }, (_, i) => ({
    urn: 812000 + i,
    authority: 855,
    name: 'S' + i,
    phase: 'PS' as const,
    synthetic: true,
  })),
)
const { key } = await cp.keys.create({
  kind: 'ingest',
  authority: 855,
  school: null,
  sources: ['urn:mis'],
  label: 'b',
})
const N = Number(process.argv[2] ?? 200000),
  B = 500,
  C = 4
const subs = [
  'bonding',
  'boundaries',
  'life_skills',
  'caring_support',
  'high_expectations',
  'meaningful_participation',
]
const bodies: Buffer[] = []
for (let b = 0; b < N / B; b++) {
  let s = ''
  for (let i = 0; i < B; i++) {
    const n = b * B + i
    s +=
      JSON.stringify({
        specversion: '1.0',
        id: `c-${n}`,
        source: 'urn:mis',
        type: 'checkin.submitted',
        time: '2025-10-06T10:00:00Z',
        data: {
          school: String(812000 + (n % 300)),
          pupil: `P-${n % 90000}`,
          instrument: 'resilience-wheel@1',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: Object.fromEntries(
            subs.flatMap((x) => [1, 2, 3].map((k) => [`${x}_${k}`, 1 + ((n + k) % 5)])),
          ),
        },
      }) + '\n'
  }
  bodies.push(Buffer.from(s))
}
console.log('bytes per event', bodies[0]!.length / B)
const prof = process.argv[3] ? ['--cpu-prof', `--cpu-prof-dir=${process.argv[3]}`] : []
const child = spawn(process.execPath, [...prof, '--import', 'tsx', 'services/ingest/main.ts'], {
  env: { ...process.env, CAIRN_DATA: folder, CAIRN_INGEST_PORT: '0', CAIRN_LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const port: number = await new Promise((r) => child.stdout.on('data', (d) => r(JSON.parse(String(d)).port)))
const agent = new Agent({ keepAlive: true, maxSockets: C })
const post = (body: Buffer) =>
  new Promise<void>((res, rej) => {
    const q = request(
      {
        port,
        agent,
        method: 'POST',
        path: '/v1/events',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/x-ndjson',
          'content-length': body.length,
        },
      },
      (r) => {
        let t = ''
        r.on('data', (d) => {
          t += d
        })
        r.on('end', () => (r.statusCode === 202 ? res() : rej(new Error(r.statusCode + t))))
      },
    )
    q.on('error', rej)
    q.end(body)
  })
let next = 0
for (const b of bodies.slice(0, 20)) {
  await post(b)
  next++
}
const cpu = async () => {
  const m = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/process_cpu_seconds_total\S* ([\d.]+)\n/.exec(m)![1])
}
const c0 = await cpu()
const t = performance.now(),
  from = next
await Promise.all(
  Array.from({ length: C }, async () => {
    while (next < bodies.length) await post(bodies[next++]!)
  }),
)
const s = (performance.now() - t) / 1000
const ev = (bodies.length - from) * B
const c1 = await cpu()
console.log(
  Math.round(ev / s),
  'events/s;',
  Math.round(ev / (c1 - c0)),
  'events per CPU-second of ingest;',
  (c1 - c0).toFixed(1),
  'of',
  s.toFixed(1),
)
child.kill('SIGTERM')
await new Promise((r) => child.on('exit', r))
await cp.close()
process.exit(0)
