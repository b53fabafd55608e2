import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../services/cli/ports.ts'

const bin = fileURLToPath(new URL('../../services/cli/bin.mjs', import.meta.url))

/** Starts Cairn on a folder of its own with the demonstration in it, asks as its analyst, and stops it again. */
export async function askDemonstration<T>(
  work: (ask: (query: string) => Promise<any>) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'cairn-charts-'))
  const ports = ['--gateway-port', String(await freePort()), '--ingest-port', String(await freePort())]
  const child = spawn(process.execPath, [bin, 'start', '--json', '--data', data, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    const gateway = await Promise.race([
      ready(child.stdout),
      ended.then(() => Promise.reject(new Error('Cairn ended before it was ready'))),
    ])
    const { analyst } = JSON.parse(readFileSync(join(data, 'demo-keys.json'), 'utf8'))
    return await work((query) => answerOf(`${gateway}/graphql`, analyst, query))
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

async function ready(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const { gateway } = JSON.parse(line)
    if (gateway) return gateway
  }
  throw new Error('Cairn never said that it was ready')
}

async function answerOf(url: string, key: string, query: string): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as { data?: any; errors?: { message: string }[] }
  if (errors) throw new Error(errors[0]!.message)
  return data
}
