import { describeEnv } from '@cairn/config'
import { aggregatorEnv } from '../services/aggregator/env.ts'
import { cliEnv } from '../services/cli/env.ts'
import { gatewayEnv } from '../services/gateway/env.ts'
import { ingestEnv } from '../services/ingest/env.ts'

/** The settings that each program of the image reads. */
export const programs = { ingest: ingestEnv, aggregator: aggregatorEnv, gateway: gatewayEnv, cli: cliEnv }
export type Program = keyof typeof programs

/** A compose file as the specification's loader prints it, as far as it is looked at here. */
export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>
}
interface ComposeService {
  readonly image?: string
  readonly command?: readonly string[] | null
  readonly environment?: Readonly<Record<string, unknown>> | null
  readonly secrets?: readonly { readonly source: string; readonly target?: string }[]
  readonly healthcheck?: unknown
  readonly read_only?: boolean
  readonly ports?: readonly unknown[]
}

/** The image that the Dockerfile makes. */
const image = 'cairn:local'
const published = new Set(['ingest', 'gateway'])

/** What a compose file and the programs do not agree on, a line each; none where all is well. */
export function disagreements({ services }: ComposeModel): string[] {
  const ours = Object.entries(services).filter(([, service]) => service.image === image)
  const absent = ['ingest', 'aggregator', 'gateway', 'migrate'].filter(
    (name) => services[name]?.image !== image,
  )
  return [
    ...absent.map((name) => `${name}: there is no such service of ${image}`),
    ...ours.flatMap(([name, service]) => ofService(name, service).map((line) => `${name}: ${line}`)),
    ...Object.entries(services)
      .filter(([name, { ports }]) => (ports?.length ?? 0) > 0 && !published.has(name))
      .map(([name]) => `${name}: publishes a port, which ingest and gateway alone may`),
  ]
}

function ofService(name: string, service: ComposeService): string[] {
  const program = /^dist\/(\w+)\/main\.js$/.exec(service.command?.[1] ?? '')?.[1]
  if (service.command?.[0] !== 'node' || !program || !(program in programs))
    return ['its command must be node dist/PROGRAM/main.js']
  const variables = describeEnv(programs[program as Program])
  const given = Object.keys(service.environment ?? {})
  const known = new Set(variables.flatMap((v) => (v.secret ? [v.name, `${v.name}_FILE`] : [v.name])))
  const mounted = new Set((service.secrets ?? []).map((s) => s.target ?? `/run/secrets/${s.source}`))
  const files = given
    .filter((variable) => variable.endsWith('_FILE'))
    .map((variable) => String(service.environment![variable]))
  return [
    ...given
      .filter((variable) => !known.has(variable))
      .map((variable) => `${variable}: ${program} does not read it`),
    ...variables
      .filter((v) => v.required && !given.includes(v.name) && !given.includes(`${v.name}_FILE`))
      .map((v) => `${v.name}: ${program} requires it`),
    ...variables
      .filter((v) => v.secret && given.includes(v.name))
      .map((v) => `${v.name}: a secret stands in a file, ${v.name}_FILE`),
    ...files.filter((file) => !mounted.has(file)).map((file) => `${file}: no secret is mounted there`),
    ...(service.read_only ? [] : ['its file system must be read-only']),
    ...(name === 'migrate' || service.healthcheck ? [] : ['it has no health check']),
  ]
}
