#!/usr/bin/env node
// Installs what is missing, then brings the registries up to date. Runs before every npm script that needs packages:
// Node's built-ins only, and nothing that the machine's own Node (18 or later) does not have. Does nothing when all is
// there. It stands in a `pre…` script of its own, because the shell looks `node` up once for a whole command line: only
// the script after it finds the Node that was installed here.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const missing = whatIsMissing()
if (missing !== undefined) await install(missing)
await import('./registries.mjs')

/**
 * Why an installation is due; undefined when none is. npm writes node_modules/.package-lock.json last of all, so what
 * an interrupted installation left is told from a whole one. Optional packages (other platforms) may be absent.
 */
function whatIsMissing() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (!wanted) return 'package-lock.json is not there'
  if (!installed) return 'nothing is installed yet'
  for (const [path, { version, optional, link, peer }] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') || (optional && !installed[path])) continue
    if (!installed[path] && peer) continue
    if (!installed[path]) return `${path.slice('node_modules/'.length)} is not installed`
    if (!link && installed[path].version !== version)
      return `${path.slice('node_modules/'.length)} ${version} is not installed`
  }
  return nodeBinary() ? undefined : 'the Node binary is not installed'
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

function nodeBinary() {
  return ['node', 'node.exe'].some((name) => existsSync(join(root, 'node_modules', 'node', 'bin', name)))
}

async function install(why) {
  console.log(`Cairn: installing packages (${why}). The first time takes a minute or two.`)
  const started = Date.now()
  // What `npm ci` says is held back: most of it is of no use where `npm install` mends it.
  let result = await npm('ci', false)
  if (result.code !== 0 && /EUSAGE/.test(result.stderr)) {
    console.log('Cairn: the lock file lacks optional packages of other platforms, so npm install does it.')
    result = await npm('install', true)
  } else process.stderr.write(result.stderr)
  if (result.code !== 0) fail(wayOut(result.stderr))
  if (!nodeBinary())
    fail('The package `node` could not run its install script. Allow it, then run: npm rebuild node')
  console.log(`Cairn: installed in ${Math.round((Date.now() - started) / 1000)} s.`)
}

/** Runs npm; what it says is kept, so that the reason of a failure can be told, and shown where asked for. */
function npm(command, show) {
  const args = [command, '--include=dev', '--no-audit', '--no-fund']
  const path = process.env.npm_execpath
  const script = path && /\.c?js$/.test(path)
  const [file, all] = script ? [process.execPath, [path, ...args]] : ['npm', args]
  return new Promise((resolve) => {
    const child = spawn(file, all, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'pipe'],
      shell: !script && process.platform === 'win32',
    })
    let stderr = ''
    createInterface({ input: child.stderr }).on('line', (line) => {
      // The machine's Node is too old for some packages; the one that is being installed is not.
      if (/^npm warn EBADENGINE/i.test(line)) return
      stderr += `${line}\n`
      if (show) process.stderr.write(`${line}\n`)
    })
    child.once('error', (error) => resolve({ code: 1, stderr: `${stderr}${error.code}` }))
    child.once('close', (code) => resolve({ code, stderr }))
  })
}

function wayOut(stderr) {
  if (/ENOENT/.test(stderr) && !/npm (error|ERR!)/.test(stderr))
    return 'npm was not found. Install Node.js with npm (18 or later), then try again.'
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      stderr,
    )
  )
    return (
      'The npm registry cannot be reached. Check the connection and the proxy settings ' +
      '(npm config get registry, npm config get proxy), then try again.'
    )
  if (/E401|E403/.test(stderr))
    return 'The npm registry refused access. Log in with npm login, then try again.'
  if (/ENOSPC/.test(stderr)) return 'The disk is full. Make room, then try again.'
  return 'npm could not install the packages; its own words are above. Mend that, then try again.'
}

function fail(line) {
  console.error(`Cairn: ${line}`)
  process.exit(1)
}
