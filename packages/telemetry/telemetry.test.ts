import { expect, test } from 'vitest'
import { createLogger, createMetrics, withRequestId } from './index.ts'

function capture(level?: string) {
  const lines: string[] = []
  const logger = createLogger('ingest', {
    level,
    destination: { write: (line: string) => void lines.push(line) },
  })
  return { logger, lines, last: () => JSON.parse(lines.at(-1)!) }
}

test.each([
  { authorization: 'CANARY' },
  { req: { headers: { 'x-api-key': 'CANARY' } } },
  { request: { deep: { er: { apiKey: 'CANARY' } } } },
  { payload: { a: 'CANARY' } },
  { items: [{ pupil: 'CANARY' }, { access_token: 'CANARY' }] },
  { event: { data: 'CANARY' } },
  { master_key: 'CANARY' },
  { raw: Buffer.from('CANARY') },
  { a: { b: { c: { d: { e: { f: { g: 'CANARY' } } } } } } },
  { err: Object.assign(new Error('refused'), { request: 'CANARY', cause: new Error('CANARY') }) },
  { failure: Object.assign(new Error('refused'), { row: 'CANARY' }) },
])('what is named as payload, credential or pupil never reaches the log: %o', (fields) => {
  const { logger, lines } = capture()
  logger.error({ ...fields, status: 422 }, 'refused')
  logger.child(fields).error('refused')
  logger.child({ part: 1 }).child(fields).error('refused')
  expect(lines).toHaveLength(3)
  expect(lines.join()).not.toMatch(/CANARY|67,65,78/)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    status: 422,
    msg: 'refused',
    service: 'ingest',
    level: 'error',
  })
})

test('an error keeps what explains it', () => {
  const { logger, last } = capture()
  logger.error(Object.assign(new Error('disk full'), { code: 'LOG_UNAVAILABLE', rows: ['CANARY'] }))
  expect(last().err).toMatchObject({ name: 'Error', code: 'LOG_UNAVAILABLE', message: 'disk full' })
  expect(last().err.stack).toContain('telemetry.test.ts')
  expect(last().msg).toBe('disk full')
})

test('the level is the argument, info where there is none', () => {
  const quiet = capture('error')
  quiet.logger.warn('not written')
  expect(quiet.lines).toEqual([])
  const usual = capture()
  usual.logger.debug('not written')
  usual.logger.info('written')
  expect(usual.lines).toHaveLength(1)
})

test('every line within a request carries its id, across awaits and apart from other requests', async () => {
  const { logger, lines } = capture()
  const handle = (id: string) =>
    withRequestId(id, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      logger.info({ expected: id }, 'done')
    })
  await Promise.all(['request-1', 'request-2', 'request-3'].map(handle))
  logger.info('outside')
  const written = lines.map((line) => JSON.parse(line))
  for (const line of written.slice(0, 3)) expect(line.requestId).toBe(line.expected)
  expect(written[3]).not.toHaveProperty('requestId')
})

test('a request id from outside is kept only where it is harmless', () => {
  expect(withRequestId('abcd-1234', (id) => id)).toBe('abcd-1234')
  for (const bad of [undefined, '', 'short', 'x'.repeat(65), 'line\nbreak-here', '<script>alert</script>'])
    expect(withRequestId(bad, (id) => id)).toMatch(/^[0-9a-f-]{36}$/)
})

test('a metric is exposed with its service, its help and what to conclude from it', async () => {
  const metrics = createMetrics('ingest')
  const events = metrics.counter({
    name: 'ingest_events_total',
    measures: 'Events by outcome',
    conclude: 'Many refused: talk to the sender',
    labels: ['outcome'],
  })
  events.inc({ outcome: 'accepted' }, 3)
  const seconds = metrics.histogram({
    name: 'append_seconds',
    measures: 'Time to durable',
    conclude: 'Rising: the disk is slow',
    buckets: [0.1, 1],
  })
  seconds.observe(0.5)
  metrics.gauge({ name: 'lag', measures: 'Lag', conclude: 'Rising: add a process' }).set(7)
  const { body, contentType } = await metrics.expose()
  expect(contentType).toContain('text/plain')
  expect(body).toContain(
    '# HELP cairn_ingest_events_total Events by outcome. Many refused: talk to the sender.',
  )
  expect(body).toContain('cairn_ingest_events_total{outcome="accepted",service="ingest"} 3')
  expect(body).toMatch(/cairn_append_seconds_bucket\{le="1",service="ingest"\} 1/)
  expect(body).toContain('cairn_lag{service="ingest"} 7')
  expect(body).toContain('process_cpu_seconds_total')
})

test('two services in one process keep their metrics apart', async () => {
  const text = { name: 'same_total', measures: 'Same', conclude: 'Nothing' }
  const [one, two] = [createMetrics('one'), createMetrics('two')]
  one.counter(text).inc()
  two.counter(text).inc(2)
  expect((await one.expose()).body).toContain('cairn_same_total{service="one"} 1')
  expect((await two.expose()).body).toContain('cairn_same_total{service="two"} 2')
})
