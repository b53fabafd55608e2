import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  controlPlaneEnv,
  controlPlaneSettings,
  describeEnv,
  installationEnv,
  listenEnv,
  logEnv,
  logSettings,
  parseEnv,
  warehouseEnv,
} from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'cairn-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const schema = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...warehouseEnv,
  ...listenEnv('GATEWAY', 4000),
})
const least = { CLICKHOUSE_URL: 'http://localhost:8123' }
const read = (more: Record<string, string> = {}) => parseEnv('test', schema, { ...least, ...more })
const log = (more: Record<string, string>) => logSettings(read(more), 'data')

describe('settings from the environment', () => {
  test('without any variable everything is embedded in the data folder', () => {
    const env = read()
    expect(logSettings(env, 'data')).toEqual({ kind: 'embedded', file: join('data', 'log.db') })
    expect(controlPlaneSettings(env, 'data')).toEqual({ url: `sqlite:${join('data', 'control.db')}` })
  })

  test('Kafka and PostgreSQL are each chosen by their own variable, independently of the other', () => {
    expect(log({ KAFKA_BROKERS: 'a:9092,b:9093' })).toEqual({
      kind: 'kafka',
      brokers: ['a:9092', 'b:9093'],
      topic: 'cairn.events',
      appendTimeoutMs: 10_000,
      sessionTimeoutMs: 30_000,
    })
    const url = 'postgres://u:p@h/d'
    expect(controlPlaneSettings(read({ DATABASE_URL: url }), 'data')).toEqual({ url })
    expect(log({ DATABASE_URL: url }).kind).toBe('embedded')
  })

  test('every wrong variable is named with its rule, and no value is shown', () => {
    const wrong = {
      KAFKA_BROKERS: 'canary',
      DATABASE_URL: 'mysql://canary',
      CLICKHOUSE_URL: 'canary',
      CAIRN_GATEWAY_PORT: 'canary',
      CAIRN_MASTER_KEY: 'canary',
    }
    let text = ''
    try {
      read(wrong)
    } catch (error) {
      text = String(error)
    }
    for (const name of Object.keys(wrong)) expect(text).toContain(name)
    expect(text).not.toContain('canary')
  })

  test('an empty value counts as absent, as compose files write it', () => {
    expect(read({ KAFKA_BROKERS: '', CAIRN_GATEWAY_PORT: '' })).toMatchObject({ CAIRN_GATEWAY_PORT: 4000 })
    expect(() => parseEnv('test', schema, { CLICKHOUSE_URL: '' })).toThrow('CLICKHOUSE_URL')
  })

  test('a secret may stand in a file; what is no secret may not', () => {
    const file = join(folder, 'secret')
    writeFileSync(file, 'quiet\n')
    expect(read({ CLICKHOUSE_PASSWORD_FILE: file }).CLICKHOUSE_PASSWORD).toBe('quiet')
    expect(read({ CLICKHOUSE_USER_FILE: file }).CLICKHOUSE_USER).toBe('default')
    expect(() => read({ CLICKHOUSE_PASSWORD_FILE: join(folder, 'none') })).toThrow('CLICKHOUSE_PASSWORD_FILE')
  })

  test('half a login or half a client certificate is refused', () => {
    const brokers = { KAFKA_BROKERS: 'a:1' }
    expect(() => log({ ...brokers, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' })).toThrow(
      'KAFKA_SASL',
    )
    expect(() => log({ ...brokers, KAFKA_CERT_FILE: 'x' })).toThrow('both or neither')
    expect(log({ ...brokers, KAFKA_TLS: '1' })).toMatchObject({ ssl: {} })
  })

  test('every variable says what it is for, and secrets are marked', () => {
    const variables = describeEnv(schema)
    expect(variables.filter(({ meaning }) => meaning === '')).toEqual([])
    expect(variables.filter(({ secret }) => secret).map(({ name }) => name)).toEqual([
      'CAIRN_MASTER_KEY',
      'KAFKA_SASL_PASSWORD',
      'DATABASE_URL',
      'CLICKHOUSE_PASSWORD',
    ])
    expect(variables.find(({ name }) => name === 'CLICKHOUSE_URL')).toMatchObject({ required: true })
  })
})
