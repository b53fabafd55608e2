/**
 * `npm run compose:check`: the compose specification's own loader reads docker-compose.yml, then its services are held
 * against what the programs read. Exits 1 on a fault and 3 where Go, which runs the loader, is not there.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ComposeModel, disagreements } from './compose.ts'

const loader = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2'
const cwd = fileURLToPath(new URL('..', import.meta.url))
const json = process.argv.includes('--json')

const run = spawnSync('go', ['run', loader, '-format', 'json', 'docker-compose.yml'], {
  cwd,
  encoding: 'utf8',
  timeout: 180_000,
})
if ((run.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
  end(3, [
    'Go is not installed, so docker-compose.yml was NOT checked: the loader of the specification needs it',
  ])
if (run.status !== 0)
  end(1, [`docker-compose.yml: ${run.stderr.trim().split('\n').at(-1) ?? 'cannot be loaded'}`])
const model = JSON.parse(run.stdout) as ComposeModel
const faults = disagreements(model)
end(faults.length === 0 ? 0 : 1, faults, Object.keys(model.services))

function end(code: number, faults: string[], services: string[] = []): never {
  if (json) console.log(JSON.stringify({ ok: code === 0, services, faults }))
  else if (code === 0) console.log(`docker-compose.yml holds: ${services.join(', ')}`)
  else for (const fault of faults) console.error(`compose:check: ${fault}`)
  process.exit(code)
}
