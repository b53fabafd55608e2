import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { CellsStage } from './cells.ts'
import { benchIngest } from './ingest.ts'
import { benchBroker } from './kafka.ts'

const help = `npm run bench -- [options]

Two figures, each beside its baseline measured in the same run:
  ingest   events a second from HTTP to durable (validated, pseudonymised)   beside a raw append of the same records
  cells    events a second from the log to weekly cells                      beside a raw insert of the same fact rows
and the second one again with twice the events and with as many loaded before, to see that time grows no faster.

  --events N    events of the first cells run (default 200000)
  --only NAME   ingest or cells
  --kafka       through a Kafka broker: the one that KAFKA_BROKERS names, else one that is started for the run (Java);
                beside kafka-producer-perf-test and kafkajs alone, on the same records
  --json        one JSON object as the last line
  --help
Speed on a shared machine swings: read the ratios, and say the machine beside any figure. Exits 1 where an aim is
missed: 25,000 events/s to durable; 50,000 events/s (40,000 through Kafka) and 0.3 of the raw insert to cells; an event
of the larger run no more than 1.3 times an event of the smaller one. Each process runs under a heap of 512 MB.
`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    only: { type: 'string' },
    kafka: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const say = (line: string) => process.stderr.write(`${line}\n`)
const n = Number(values.events)
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`
say(`bench on ${machine}, Node ${process.version}${values.kafka ? ', through Kafka' : ''}`)
const broker = values.kafka ? await benchBroker(process.env.KAFKA_BROKERS) : undefined

const { ingest, cells } = await measure().finally(() => broker?.stop())
const growth = cells
  ? Number((cells.twice.seconds / cells.twice.events / (cells.once.seconds / cells.once.events)).toFixed(2))
  : undefined
if (cells) say(`growth: an event of the second run took ${growth} times an event of the first`)

async function measure() {
  return {
    ingest: values.only === 'cells' ? undefined : await ingestion(),
    cells: values.only === 'ingest' ? undefined : await benchCells(),
  }
}

async function ingestion() {
  const b = await benchIngest(Math.round(n / 1000) * 500, broker)
  say(
    `ingest: ${b.eventsPerSecond} events/s to durable; raw append ${b.rawAppendsPerSecond}/s (ratio ${b.ratioToRaw}); ${b.ingestPeakMb} MB resident at most`,
  )
  if (broker)
    say(
      `ingest: the same records by kafka-producer-perf-test (values alone) ${b.javaProducerPerSecond}/s; by kafkajs alone ${b.bareProducerPerSecond}/s`,
    )
  return b
}

async function benchCells() {
  const stage = await CellsStage.open(broker)
  try {
    say('cells: loading ten weeks of history')
    const loaded = await stage.run(n)
    const line = (b: typeof loaded) =>
      `cells: ${b.events} events in ${b.seconds} s: ${b.eventsPerSecond}/s, to long periods ${b.settledPerSecond}/s, to tiers ${b.tieredPerSecond}/s; raw insert ${b.rawRowsPerSecond} rows/s (ratio ${b.ratioToRaw}); ${b.cellsPerFact} cell values a fact; ${b.aggregatorPeakMb} MB resident at most`
    const once = await stage.run(n, 9)
    say(line(once))
    const twice = await stage.run(2 * n, 10)
    say(line(twice))
    const consume = await stage.consume()
    if (consume)
      say(
        `cells: the same records read by kafkajs alone ${consume.bareConsumerPerSecond}/s; through the adapter ${consume.adapterPerSecond}/s`,
      )
    return { loaded, once, twice, consume }
  } finally {
    await stage.close()
  }
}

const toCells = values.kafka ? 40_000 : 50_000
/** The aims of the design, each of them a claim: what is missed is named. */
const aims: [name: string, reached: boolean][] = [
  ...(ingest ? [['ingest: 25,000 events/s', ingest.eventsPerSecond >= 25_000] as [string, boolean]] : []),
  ...(cells
    ? ([
        [`log to cells: ${toCells.toLocaleString('en-GB')} events/s`, cells.once.eventsPerSecond >= toCells],
        ['log to cells: 0.3 of the raw insert', cells.once.ratioToRaw >= 0.3],
        ['time grows no faster than events', growth! <= 1.3],
      ] as [string, boolean][])
    : []),
]
for (const [name, reached] of aims) if (!reached) say(`missed: ${name}`)
const ok = aims.every(([, reached]) => reached)
if (values.json)
  process.stdout.write(`${JSON.stringify({ ok, machine, kafka: values.kafka, ingest, cells, growth })}\n`)
process.exit(ok ? 0 : 1)
