import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../services/cli/ports.ts'
import { kafkaJars } from './jars.ts'

const run = promisify(execFile)

export interface BrokerOptions {
  /** Default: a free one. */
  readonly port?: number
  /** Heap of the Java process. */
  readonly heapMb?: number
  /** Clients must come over TLS and log in as this user (SASL PLAIN or SCRAM-SHA-512). */
  readonly login?: { readonly username: string; readonly password: string }
}

export interface Broker {
  readonly port: number
  /** host:port, as KAFKA_BROKERS wants it. */
  readonly brokers: string
  readonly pid: number
  /** Certificate authority to trust (PEM), where clients come over TLS. */
  readonly ca: string | undefined
  /** Resolves once it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** SIGSTOP and SIGCONT: unreachable, and back. */
  freeze(): void
  thaw(): void
  /** On the same port and the same data, after it was killed. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

const readyLimitMs = 60_000

/** One KRaft broker of Apache Kafka on loopback, with its data in a temporary folder. Needs Java; see whyNoBroker. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const jars = await kafkaJars()
  const dir = mkdtempSync(join(tmpdir(), 'cairn-kafka-'))
  const port = options.port || (await freePort())
  const { login } = options
  const ca = login ? await certificate(dir) : undefined
  writeFileSync(
    join(dir, 'server.properties'),
    properties(dir, port, await freePort()) + (login ? secured(dir, port, login) : ''),
  )
  const heap = `-Xmx${options.heapMb ?? 384}m`
  const java = (...args: string[]): ChildProcess => {
    const child = spawn('java', [heap, '-XX:+UseSerialGC', '-cp', join(jars, '*'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const log = createWriteStream(join(dir, 'broker.log'), { flags: 'a' })
    child.stdout!.pipe(log)
    child.stderr!.pipe(log)
    return child
  }
  const settings = join(dir, 'server.properties')
  const scram = login
    ? ['--add-scram', `SCRAM-SHA-512=[name=${login.username},password=${login.password}]`]
    : []
  const format = java(
    'kafka.tools.StorageTool',
    'format',
    ...['-t', 'Y2Fpcm4tdGVzdC1icm9rZQ', '-c', settings],
    ...scram,
  )
  const [code] = await once(format, 'exit')
  if (code !== 0) throw new Error(`Kafka's storage could not be formatted: see ${join(dir, 'broker.log')}`)
  let child: ChildProcess
  const start = async () => {
    child = java('kafka.Kafka', settings)
    await listening(port, child)
  }
  const gone = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  // Whatever ends this process, its broker goes with it (but for kill -9, which nobody hears).
  const atExit = () => void child.kill('SIGKILL')
  process.on('exit', atExit)
  await start()
  return {
    port,
    // A certificate names a host, not an address.
    brokers: `${login ? 'localhost' : '127.0.0.1'}:${port}`,
    ca,
    get pid() {
      return child.pid!
    },
    kill: (signal = 'SIGKILL') => gone(signal),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    restart: start,
    async stop() {
      process.removeListener('exit', atExit)
      await gone('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** One machine, so one replica; nothing is made unasked; a member that is gone is noticed within seconds. */
const properties = (dir: string, port: number, controllerPort: number): string => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${join(dir, 'data')}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
`

/** Later lines win over earlier ones. */
const secured = (
  dir: string,
  port: number,
  { username, password }: { username: string; password: string },
): string => {
  const jaas = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${username}" password="${password}" user_${username}="${password}";`
  return `
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_SSL
advertised.listeners=PLAINTEXT://localhost:${port}
ssl.keystore.type=PKCS12
ssl.keystore.location=${join(dir, 'keys.p12')}
ssl.keystore.password=${storePassword}
ssl.truststore.type=PKCS12
ssl.truststore.location=${join(dir, 'keys.p12')}
ssl.truststore.password=${storePassword}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.plaintext.plain.sasl.jaas.config=${jaas}
listener.name.plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`
}

/** Of a key that lives as long as the broker's folder. */
const storePassword = 'of-a-temporary-folder'

/** A key and a certificate of its own for localhost, made with Java's keytool; returns the certificate as PEM. */
async function certificate(dir: string): Promise<string> {
  const store = ['-keystore', join(dir, 'keys.p12'), '-storetype', 'PKCS12', '-storepass', storePassword]
  await run('keytool', [
    ...['-genkeypair', '-alias', 'broker', '-keyalg', 'RSA', '-keysize', '2048', '-validity', '2'],
    ...['-dname', 'CN=localhost', '-ext', 'san=dns:localhost', ...store],
  ])
  return (await run('keytool', ['-exportcert', '-rfc', '-alias', 'broker', ...store])).stdout
}

/** Until it answers on its port. @throws where it ends before */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyLimitMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Kafka ended with ${child.exitCode} before it was ready`)
    if (await answers(port)) return
    await delay(100)
  }
  throw new Error('Kafka did not become ready in a minute')
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
