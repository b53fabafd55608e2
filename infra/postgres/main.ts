import { parseArgs } from 'node:util'
import { startPostgres, whyNoPostgres } from './server.ts'

const help = `npm run postgres -- [options]

Starts one PostgreSQL server on 127.0.0.1, with its data in a temporary folder, until Ctrl-C. Its binaries come with the
npm packages; as root it runs as nobody.

  --json        one JSON object once it is ready
  --help

Then, in another terminal: DATABASE_URL=(the URL that it shows) npm start
`
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const why = await whyNoPostgres()
if (why) {
  process.stderr.write(`PostgreSQL cannot be started here: ${why}\n`)
  process.exit(1)
}
const server = await startPostgres()
const url = await server.database()
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ready: true, url })}\n`
    : `PostgreSQL is ready on ${url}; Ctrl-C ends it and removes its data.\n`,
)
await new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
})
await server.stop()
