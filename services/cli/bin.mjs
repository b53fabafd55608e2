#!/usr/bin/env node
// The machine's own Node may be too old for Cairn; npm installed the right one beside the packages. This file runs on
// either, uses Node's built-ins alone and hands over to main.ts, whose types Node strips by itself.
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

quietWarnings()
// npm writes it last of all.
if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
  giveUp('Cairn’s packages are not installed')
if (Number.parseInt(process.version.slice(1), 10) >= oldestNode) {
  // Compiled code is kept from one command to the next.
  module.enableCompileCache()
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
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
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
