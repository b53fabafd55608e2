import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = import.meta.dirname
const jars = join(folder, '.jars')

/** Why a broker cannot be run on this machine, in one sentence; undefined where it can. */
export async function whyNoBroker(): Promise<string | undefined> {
  const java = await run('java', ['-version']).then(
    ({ stderr }) => Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0),
    () => 0,
  )
  if (java === 0) return 'Java is not installed (17 or newer is needed).'
  if (java < 17) return `Java is ${java} (17 or newer is needed).`
  if (existsSync(jars)) return undefined
  const maven = await run('mvn', ['--version']).then(
    () => true,
    () => false,
  )
  return maven ? undefined : 'Maven is not installed (it fetches Kafka’s jars).'
}

/**
 * The folder of Kafka's jars, fetched from Maven Central on first use (54 MB). Fetched aside and moved into place, so that
 * of several processes that want them at once each finds all of them or none.
 */
export async function kafkaJars(): Promise<string> {
  if (existsSync(jars)) return jars
  const aside = `${jars}.${process.pid}`
  mkdirSync(aside, { recursive: true })
  try {
    await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${aside}`,
    ])
    try {
      renameSync(aside, jars)
    } catch (error) {
      if (!existsSync(jars)) throw error
    }
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  return jars
}
