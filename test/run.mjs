#!/usr/bin/env node
// Runs the tests; arguments go on to vitest (a path, -t name). The last line of output says how many passed and failed.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** Everything that tests write, removed at the end whatever became of them. */
const folder = mkdtempSync(join(memory() ?? tmpdir(), 'cairn-test-'))
// PostgreSQL may run as another user.
chmodSync(folder, 0o755)
const report = join(folder, 'report.json')

const { code, signal } = await run()
const { passed, failed } = counts()
rmSync(folder, { recursive: true, force: true })
// A run that broke off, or found no test, proves nothing.
const broken = code !== 0 || passed + failed === 0
console.log(`\n${passed} passed, ${failed + (broken && failed === 0 ? 1 : 0)} failed`)
process.exitCode = broken || failed > 0 ? code || 1 : 0

function run() {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TMPDIR: folder,
      // Of every process that a test starts; kept from one run to the next.
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
    },
  })
  // Ctrl-C reaches vitest too: it is left to end by itself.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 1, signal: null }))
    child.once('exit', (code, signal) => resolve({ code: code ?? 1, signal }))
  })
}

/**
 * Linux's folder in memory, where it has room and may hold programs (PostgreSQL's). An engine is migrated there in half of
 * the time and removed in none: no test outlives a power cut, so none needs a disk.
 */
function memory() {
  const path = '/dev/shm'
  try {
    const [, , , options] = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, mountedAt]) => mountedAt === path)
    const { bavail, bsize } = statfsSync(path)
    return !options.split(',').includes('noexec') && bavail * bsize > 6e9 ? path : undefined
  } catch {
    return undefined
  }
}

/** From vitest's report. A file that could not be run at all counts as one failed test. */
function counts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const notRun = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    )
    return { passed: numPassedTests, failed: numFailedTests + notRun.length }
  } catch {
    if (signal) console.error(`the tests were ended by ${signal}`)
    return { passed: 0, failed: 0 }
  }
}
