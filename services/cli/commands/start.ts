import { Command } from 'commander'
import type { DataFolder } from '../data-folder.ts'
import { type DemoKeys, knownDemo, loadDemo } from '../demo/load.ts'
import { releaseDemo } from '../demo/release.ts'
import { untilDrained } from '../drained.ts'
import { takeEngineLock } from '../engine-lock.ts'
import { exitCodes, misuse } from '../fault.ts'
import { dataOption, folderOf, jsonOption, whole } from '../options.ts'
import { Parts } from '../parts.ts'
import { checkPort } from '../ports.ts'
import { welcome } from '../welcome.ts'

interface StartOptions {
  data?: string
  gatewayPort: number
  ingestPort: number
  demo: boolean
  json?: boolean
}

export const startCommand = (): Command =>
  new Command('start')
    .description('start everything, and keep it running until Ctrl-C')
    .addOption(dataOption())
    .option('--gateway-port <port>', 'port of the gateway (GraphQL and the page)', whole(1, 65_535), 4000)
    .option('--ingest-port <port>', 'port that events are sent to', whole(1, 65_535), 4001)
    .option('--no-demo', 'do not load the demonstration authority on first start')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Starts the ClickHouse engine, ingest, aggregator and gateway as processes of their own, under one data folder, on
127.0.0.1 alone; one that dies is started again. The first start loads a small invented authority (999) to look at.
Logs are in DIR/logs. Ctrl-C or SIGTERM stops everything in order; starting again goes on where it stood.

With --json, one line says when it is ready: {"ready":true,"gateway":…,"ingest":…,"seconds":…}`,
    )
    .action(async (options: StartOptions) => {
      process.exitCode = await start(options)
    })

async function start(options: StartOptions): Promise<number> {
  const clock = performance.now()
  const elapsed = () => (performance.now() - clock) / 1000
  const say = (line: string) => console.error(line)
  const folder = folderOf(options)
  if (options.gatewayPort === options.ingestPort)
    throw misuse('The gateway and ingest cannot share a port.', 'Give --gateway-port and --ingest-port.')
  const lock = takeEngineLock(folder)
  await checkPort(options.gatewayPort, 'gateway', '--gateway-port')
  await checkPort(options.ingestPort, 'ingest', '--ingest-port')
  const parts = new Parts({
    folder,
    gatewayPort: options.gatewayPort,
    ingestPort: options.ingestPort,
    onReady: (part) => say(`  ${part.padEnd(10)}  ready after ${elapsed().toFixed(1)} s`),
    onTrouble: (line) => say(`  ! ${line}`),
  })
  const stopped = stopSignal(say)
  say(`Cairn is starting on ${folder.path}`)
  try {
    const started = bringUp(parts, folder, options.demo, say)
    const demo = await Promise.race([started, stopped])
    if (demo !== 'stop') {
      say(welcome(parts, folder, demo, elapsed()))
      if (options.json) {
        const { gateway, ingest } = parts
        console.log(JSON.stringify({ ready: true, gateway, ingest, seconds: Number(elapsed().toFixed(1)) }))
      }
      await stopped
    }
    say('Stopping …')
  } finally {
    await parts.stop()
    lock.release()
  }
  say('Cairn has stopped.')
  return exitCodes.done
}

async function bringUp(
  parts: Parts,
  folder: DataFolder,
  withDemo: boolean,
  say: (line: string) => void,
): Promise<DemoKeys | undefined> {
  let demo: DemoKeys | undefined
  await parts.start(async () => {
    demo = await (withDemo ? loadDemo(folder, parts.ingest, say) : knownDemo(folder))
  })
  if (!demo) return undefined
  await untilDrained(folder, { mark: 'settled', patienceMs: 60_000 })
  await releaseDemo(folder, say)
  return demo
}

/** Resolves at the first request to stop; a second one leaves at once (the parts then notice and end by themselves). */
function stopSignal(say: (line: string) => void): Promise<'stop'> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') {
          say('Leaving at once; the parts end by themselves.')
          process.exit(130)
        }
        asked = true
        resolve('stop')
      })
    }
  })
}
