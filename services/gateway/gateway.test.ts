import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { insertReceipts, noId, type Warehouse } from '@cairn/warehouse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, installation, seed } from './installation.ts'

/** What the gateway's warehouse does instead of its job, while a test says so. */
let instead: ((warehouse: Warehouse) => Warehouse['query']) | undefined
let gateway: Installation
let key: string
const secretWord = 'Mulberry Secret Academy'

beforeAll(async () => {
  gateway = await installation({
    authorities: [{ code: 855, name: 'Leicestershire' }],
    schools: [
      ...Array.from({ length: 7 }, (_, i) => ({
        urn: 812301 + i,
        authority: 855,
        name: `School ${i}`,
        phase: 'PS' as const,
      })),
      { urn: 812400, authority: 855, name: secretWord, phase: 'SS' },
    ],
    limits: { perKey: 60 },
    wrap: (real) => ({ ...real, query: (statement) => (instead?.(real) ?? real.query)(statement) as never }),
  })
  await seed(gateway.warehouse, [
    {
      authority: 855,
      school: 812301,
      metric: 'headcount',
      period: 20170116,
      counts: { '': 500, 'census=spring': 500 },
    },
  ])
  key = await gateway.keyOf('analyst', 'analyst', [855])
})
afterAll(() => gateway.close())

const post = (payload: object | string, headers: Record<string, string> = {}) =>
  gateway.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  })
const figures =
  '{ figures(metric: "headcount", groupBy: ["school"], period: { academicYears: ["201617"] }) { rows { value } } }'

describe('who may ask', () => {
  test.each([
    ['no credential', undefined],
    ['an unknown key', 'Bearer cairn_aaaaaaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['nonsense', 'Bearer secret-nonsense'],
    ['a token of another issuer', `Bearer ${forged()}`],
  ])('%s is refused with 401 and an id, and nothing of it comes back', async (_, authorization) => {
    const response = await post({ query: '{ me { reader } }' }, authorization ? { authorization } : {})
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toContain('Bearer')
    const [error] = response.json().errors
    expect(error.extensions).toMatchObject({ code: 'UNAUTHENTICATED', id: expect.any(String) })
    if (authorization) expect(response.body).not.toContain(authorization.slice(7))
  })

  test('an ingest key is refused with 403', async () => {
    const created = await gateway.controlPlane.keys.create({
      kind: 'ingest',
      authority: 855,
      school: null,
      sources: ['urn:mis'],
      label: 'x',
    })
    const response = await post({ query: '{ me { reader } }' }, { authorization: `Bearer ${created.key}` })
    expect(response.statusCode).toBe(403)
    expect(response.json().errors[0].extensions.code).toBe('FORBIDDEN')
  })

  test('a token of the local issuer gets what its reader has', async () => {
    const token = await gateway.issuer.issueToken('analyst', 60)
    const { data } = await gateway.ask(
      token,
      '{ me { reader role schools profile authorities { code name } } }',
    )
    const authorities = [{ code: 855, name: 'Leicestershire' }]
    expect(data.me).toEqual({
      reader: 'analyst',
      role: 'analyst',
      schools: null,
      profile: null,
      authorities,
    })
  })
})

function forged(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${part({ alg: 'HS256' })}.${part({ sub: 'analyst', exp: 4e9, iss: 'urn:cairn:local-issuer', aud: 'urn:cairn:gateway' })}`
  return `${body}.${createHmac('sha256', 'guess').update(body).digest('base64url')}`
}

describe('errors', () => {
  test('a failure inside tells nothing but an id, under which the log has it without any value', async () => {
    const marker = 'CANARY-IN-ERROR'
    instead = () => async () => Promise.reject(new Error(`rows: ${marker} ${secretWord}`))
    const { errors, status } = await gateway.ask(key, figures)
    instead = undefined
    expect(status).toBe(200)
    expect(errors).toMatchObject([
      { message: 'Internal error', extensions: { code: 'INTERNAL', id: expect.any(String) } },
    ])
    expect(gateway.logged()).toContain(errors![0]!.extensions.id)
    expect(JSON.stringify(errors) + gateway.logged()).not.toMatch(new RegExp(`${marker}|${secretWord}`))
  })

  test('what GraphQL finds wrong is told with its code, and never reaches the log', async () => {
    const { errors } = await gateway.ask(key, '{ me { nothing } }')
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
    const wrong = await gateway.ask(key, 'query($m: Int!) { metric(id: $m) { id } }', {
      m: 'CANARY-VARIABLE',
    })
    expect(wrong.errors?.[0]?.extensions.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/)
    expect(gateway.logged()).not.toContain('CANARY')
  })
})

describe('bounds', () => {
  test.each([
    ['tokens', `{ ${'me { role } '.repeat(700)} }`],
    ['depth', `{ __type(name: "Query") { ${'ofType { '.repeat(9)}name${' }'.repeat(9)} } }`],
    ['alias', `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: me { role }`).join(' ')} }`],
    [
      'cost',
      `{ ${[1, 2, 3].map((i) => `a${i}: schools(first: 500) { edges { node { ${'urn name phase laestab '.repeat(40)} } } }`).join(' ')} }`,
    ],
    ['directives', `{ me { role ${'@include(if: true) '.repeat(60)} } }`],
  ])('too much of %s is refused with 400 before anything is asked', async (bound, query) => {
    let asked = false
    instead = (real) => (statement) => {
      asked = true
      return real.query(statement)
    }
    const { status, errors } = await gateway.ask(key, query)
    instead = undefined
    expect(status).toBe(400)
    expect(errors?.map((e) => e.message.toLowerCase())).toContainEqual(expect.stringContaining(bound))
    expect(asked).toBe(false)
  })

  test('a page of the largest size with every field passes the bounds', async () => {
    const query = figures
      .replace('] })', '] }, first: 5000)')
      .replace('value', 'metricId timePeriod value lower upper n status symbol')
    expect((await gateway.ask(key, query)).errors).toBeUndefined()
  })

  test('introspection is answered in full', async () => {
    const { getIntrospectionQuery } = await import('graphql')
    expect((await gateway.ask(key, getIntrospectionQuery())).data.__schema.queryType.name).toBe('Query')
  })

  test('a body that is too large is refused with 413, one that is not JSON with 400 or 415', async () => {
    const authorization = `Bearer ${key}`
    expect((await post({ query: '#'.repeat(200_000) }, { authorization })).statusCode).toBe(413)
    expect((await post('{', { authorization })).statusCode).toBe(400)
    expect((await post('query=x', { authorization, 'content-type': 'text/plain' })).statusCode).toBe(415)
  })

  test('a key that asks too often gets 429 and when to come back; other keys go on', async () => {
    const busy = await gateway.keyOf('busy', 'analyst', [855])
    const answers = []
    for (let i = 0; i < 61; i++)
      answers.push(await post({ query: '{ me { role } }' }, { authorization: `Bearer ${busy}` }))
    expect(answers.slice(0, 60).every((a) => a.statusCode === 200)).toBe(true)
    expect(answers[60]!.statusCode).toBe(429)
    expect(Number(answers[60]!.headers['retry-after'])).toBeGreaterThan(0)
    expect(answers[60]!.json().errors[0].extensions.code).toBe('RATE_LIMITED')
    const calm = await gateway.keyOf('calm', 'analyst', [855])
    expect((await gateway.ask(calm, '{ me { role } }')).status).toBe(200)
  })
})

describe('cancelling', () => {
  const endless = 'SELECT count() AS n FROM numbers(1000000000000000) WHERE sipHash64(number) = 0'
  /** Every query of the gateway becomes one without end; the promise is its fate. */
  function holdQueries(): { started: Promise<void>; fate: Promise<unknown> } {
    let begin = () => {}
    let end: (error: unknown) => void = () => {}
    const started = new Promise<void>((resolve) => (begin = resolve))
    const fate = new Promise<unknown>((resolve) => (end = resolve))
    instead = (real) => (statement) => {
      begin()
      const running = real.query<never>({ ...statement, sql: endless })
      running.catch(end)
      return running
    }
    return { started, fate }
  }

  test('the queries of a caller who has gone are cancelled in the warehouse', async () => {
    const { started, fate } = holdQueries()
    await gateway.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = gateway.app.server.address() as { port: number }
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const call = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers })
    call.on('error', () => {})
    call.end(JSON.stringify({ query: figures }))
    await started
    call.destroy()
    expect(await fate).toMatchObject({ codeName: 'CANCELLED' })
    instead = undefined
  })
})

describe('schools', () => {
  const names = async (args: string) => {
    const { data } = await gateway.ask(
      key,
      `{ schools(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { urn } } } }`,
    )
    return { ...data.schools, urns: data.schools.edges.map((e: { node: { urn: number } }) => e.node.urn) }
  }

  test('pages forwards and backwards meet, and stay in place when a school is added before them', async () => {
    const first = await names('first: 3')
    expect(first).toMatchObject({ totalCount: 8, urns: [812301, 812302, 812303] })
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const second = await names(`first: 3, after: "${first.pageInfo.endCursor}"`)
    expect(second.urns).toEqual([812304, 812305, 812306])
    const back = await names(`last: 2, before: "${second.pageInfo.startCursor}"`)
    expect(back.urns).toEqual([812302, 812303])
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
    const end = await names('last: 2')
    expect(end.urns).toEqual([812307, 812400])
  })

  test('search and phase narrow, and count what they find', async () => {
    expect(await names('search: "mulberry", first: 5')).toMatchObject({ totalCount: 1, urns: [812400] })
    expect(await names('search: "812303"')).toMatchObject({ totalCount: 1, urns: [812303] })
    expect(await names('phase: "PS", first: 1')).toMatchObject({ totalCount: 7 })
  })
})

test('reconciliation shows every term, and what the facts themselves count beside it', async () => {
  const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
  const line = (n: number, version: number, off: number) =>
    JSON.stringify([
      855,
      id(n),
      version,
      'upsert',
      String(off),
      'incident',
      812301,
      '2016-10-03',
      noId,
      [],
      off,
    ])
  // Two identities, one of them corrected; no fact stands behind them.
  await insertReceipts(gateway.warehouse, [line(1, 1, 0), line(2, 1, 1), line(2, 2, 2)].join('\n'))
  const terms =
    'authority accepted current superseded duplicates conflicts quarantined retracted erased difference currentFacts'
  const { data } = await gateway.ask(key, `{ reconciliation { ${terms} } }`)
  const none = { duplicates: 0, conflicts: 0, quarantined: 0, retracted: 0, erased: 0 }
  const counted = { authority: 855, accepted: 3, current: 2, superseded: 1, difference: 0, currentFacts: 0 }
  expect(data.reconciliation).toEqual([{ ...none, ...counted }])
  const lead = await gateway.keyOf('lead', 'school_lead', [855], [812301])
  const seen = await gateway.ask(lead, `{ reconciliation { ${terms} } freshness { waiting } }`)
  expect(seen.data).toEqual({ reconciliation: [], freshness: [{ waiting: null }] })
})

describe('pages for people', () => {
  test('they come whole from this service: no address of another host is loaded', async () => {
    for (const url of ['/', '/graphql']) {
      const page = await gateway.app.inject({ url, headers: { accept: 'text/html' } })
      expect(page.statusCode).toBe(200)
      expect(page.body).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?\/\//)
      expect(page.body).not.toMatch(/@import|url\(\s*["']?https?:/)
      const policy = String(page.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("connect-src 'self'")
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
      const [, nonce] = /<script nonce="([^"]+)">/.exec(page.body)!
      expect(policy).toContain(`'nonce-${nonce}'`)
    }
  })

  test('every example on the page is a query that is answered', async () => {
    const { examples } = await import('./page/examples.ts')
    for (const { query } of examples('2017-02-01'))
      expect((await gateway.ask(key, query)).errors).toBeUndefined()
  })

  test('without a key it is told what is up, and nothing else', async () => {
    const ready = await gateway.app.inject('/ready')
    expect(ready.json()).toEqual({
      status: 'ready',
      parts: { warehouse: 'up', controlPlane: 'up', log: 'up' },
    })
    expect((await gateway.app.inject('/health')).statusCode).toBe(200)
    const metrics = await gateway.app.inject('/metrics')
    expect(metrics.body).toContain('cairn_gateway_query_seconds')
    expect(metrics.body).not.toMatch(/="[^"]*(855|8123|Leicestershire)|authority|school/)
  })
})
