import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * For tests: runs a script in several processes that wait for each other, so that they meet in the database. `work` is
 * the body of an async function with `openControlPlane` and `args` in scope; each process's result is returned.
 */
export async function atOnce<T>(processes: number, work: string, args: unknown): Promise<T[]> {
  const script = `
    import { openControlPlane } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const args = JSON.parse(process.argv[1])
    console.log('ready')
    await new Promise((resolve) => process.stdin.once('data', resolve))
    const result = await (async () => { ${work} })()
    console.log(JSON.stringify(result))
    process.exit(0)`
  const children = Array.from({ length: processes }, () => {
    const flags = ['--input-type=module', '-e', script, JSON.stringify(args)]
    const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] })
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  })
  const line = async (at: (typeof children)[number]): Promise<string> => {
    const { done, value } = await at.lines.next()
    if (done) throw new Error('a process ended before its result')
    return value
  }
  await Promise.all(children.map(line))
  for (const { child } of children) child.stdin.write('go\n')
  return Promise.all(children.map(async (at) => JSON.parse(await line(at))))
}
