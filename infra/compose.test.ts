import { expect, test } from 'vitest'
import { disagreements } from './compose.ts'

const log = { KAFKA_BROKERS: 'kafka:9092' }
const service = (program: string, environment: Record<string, string> = {}) => ({
  image: 'cairn:local',
  command: ['node', `dist/${program}/main.js`],
  environment: { ...log, CAIRN_MASTER_KEY_FILE: '/run/secrets/key', ...environment },
  secrets: [{ source: 'key' }],
  read_only: true,
  healthcheck: {},
})
const clickhouse = { CLICKHOUSE_URL: 'http://clickhouse:8123' }
const whole = () => ({
  ingest: service('ingest'),
  aggregator: service('aggregator', clickhouse),
  gateway: service('gateway', clickhouse),
  migrate: service('cli', clickhouse),
})

test('a compose file that agrees with the programs has no fault', () => {
  expect(disagreements({ services: whole() })).toEqual([])
})

test('a variable that a program does not read, and one that it requires and lacks, are each named', () => {
  const services = { ...whole(), gateway: service('gateway', { KAFKA_BROKER: 'x' }) }
  expect(disagreements({ services })).toEqual([
    'gateway: KAFKA_BROKER: gateway does not read it',
    'gateway: CLICKHOUSE_URL: gateway requires it',
  ])
})

test('a secret in the open, or in a file that is not mounted, is named', () => {
  const open = { ...whole(), ingest: service('ingest', { DATABASE_URL: 'postgres://u:p@h/d' }) }
  expect(disagreements({ services: open })).toEqual([
    'ingest: DATABASE_URL: a secret stands in a file, DATABASE_URL_FILE',
  ])
  const away = { ...whole(), ingest: { ...service('ingest'), secrets: [] } }
  expect(disagreements({ services: away })).toEqual(['ingest: /run/secrets/key: no secret is mounted there'])
})

test('a missing service, a writable one, one without a health check and a published store are each named', () => {
  const { migrate: _, ...rest } = whole()
  const { healthcheck: _health, ...gateway } = { ...rest.gateway, read_only: false }
  const faults = disagreements({ services: { ...rest, gateway, kafka: { image: 'kafka', ports: [9092] } } })
  expect(faults).toEqual([
    'migrate: there is no such service of cairn:local',
    'gateway: its file system must be read-only',
    'gateway: it has no health check',
    'kafka: publishes a port, which ingest and gateway alone may',
  ])
})
