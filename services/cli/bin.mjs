#!/usr/bin/env node
// The machine's own Node may be too old for Cairn; npm installed the right one beside the packages. This file runs on
// either, uses Node's built-ins alone and hands over to main.ts.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const oldestNode = 24
const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const main = join(here, 'main.ts')
const tsx = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')

quietWarnings()
if (!existsSync(tsx)) giveUp('Cairn’s packages are not installed')
if (Number.parseInt(process.version.slice(1), 10) >= oldestNode) {
  // Compiled code is kept from one command to the next.
  module.enableCompileCache()
  const { register } = await import(
    pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs')).href
  )
  register({ tsconfig: join(root, 'tsconfig.json') })
  await import(pathToFileURL(main).href)
} else handOver()

/** node:sqlite, which holds the embedded log, still calls itself experimental at every start. */
function quietWarnings() {
  const { emitWarning } = process
  process.emitWarning = (warning, ...rest) => {
    if (!/SQLite is an experimental feature/.test(String(warning)))
      emitWarning.call(process, warning, ...rest)
  }
}

function handOver() {
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(node))
    giveUp(`Cairn needs Node ${oldestNode}, this is ${process.version}, and npm has not installed it yet`)
  const child = spawn(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      pathToFileURL(tsx).href,
      main,
      ...process.argv.slice(2),
    ],
    {
      stdio: 'inherit',
      env: { TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...process.env },
    },
  )
  // Ctrl-C reaches both processes: the child decides what it means.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.once('error', () => giveUp('the Node that npm installed cannot be started'))
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

function giveUp(what) {
  console.error(`cairn: ${what}. In Cairn’s folder, run: node infra/setup.mjs`)
  process.exit(1)
}
