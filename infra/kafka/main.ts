import { parseArgs } from 'node:util'
import { startBroker } from './broker.ts'
import { whyNoBroker } from './jars.ts'

const help = `npm run kafka -- [options]

Starts one broker of Apache Kafka (KRaft) on 127.0.0.1, with its data in a temporary folder, until Ctrl-C. Its jars are
fetched from Maven Central on first use. Needs Java 17 or newer, and Maven once.

  --port PORT   port that clients use (default 9092)
  --json        one JSON object once it is ready
  --help

Then, in another terminal: KAFKA_BROKERS=127.0.0.1:9092 npm start
`
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9092' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const port = Number(values.port)
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write('--port: a whole number from 1 to 65535\n')
  process.exit(2)
}
const why = await whyNoBroker()
if (why) {
  process.stderr.write(`Kafka cannot be started here: ${why}\n`)
  process.exit(1)
}
const broker = await startBroker({ port })
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ready: true, brokers: broker.brokers, pid: broker.pid })}\n`
    : `Kafka is ready on ${broker.brokers} (process ${broker.pid}); Ctrl-C ends it and removes its data.\n`,
)
await new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
})
await broker.stop()
