import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, installation, type SeedCell, seed } from '../installation.ts'
import { closeYear } from './testing.ts'

const urns = [812301, 812302, 812303, 812304, 812305, 812306]
let gateway: Installation
let key: string
let lead: string
let stranger: string

const cells = (incidents: readonly number[]): SeedCell[] =>
  urns.flatMap((school, i): SeedCell[] => {
    const at = (metric: string, period: number, n: number, grain: SeedCell['grain'] = 'week'): SeedCell => ({
      ...{ authority: 855, school, metric, grain, period, counts: { '': n } },
    })
    const pupils = i === 5 ? 301 : 30
    return [
      at('headcount', 20170116, 300),
      at('incidents', 20161003, incidents[i]!),
      at('pupils_with_incident', 20161003, pupils),
      at('pupils_with_incident', 201601, pupils, 'half_term'),
      at('pupils_with_incident', 201601, pupils, 'term'),
      at('pupils_with_incident', 2016, pupils, 'year'),
    ]
  })

const close = () => closeYear(gateway, { authority: 855, year: 2016, schools: urns })

beforeAll(async () => {
  gateway = await installation({
    authorities: [855, 866].map((code) => ({ code, name: `Authority ${code}` })),
    schools: urns.map((urn, i) => ({ urn, authority: 855, name: `School ${i}`, phase: 'PS' })),
  })
  key = await gateway.keyOf('analyst', 'analyst', [855])
  lead = await gateway.keyOf('lead', 'school_lead', [855], [urns[1]!])
  stranger = await gateway.keyOf('stranger', 'analyst', [866])
  await seed(gateway.warehouse, cells([200, 2, 30, 40, 0, 50]))
  await close()
  await seed(gateway.warehouse, cells([260, 2, 30, 40, 0, 50]))
  await close()
})
afterAll(() => gateway.close())

const fields = 'schoolUrn n numerator denominator value lower upper status symbol profile definitionId'
const ask = (who: string, args: string, more = '') =>
  gateway.ask(
    who,
    `{ releasedFigures(${args}) { totalCount release { name } pageInfo { endCursor } rows { ${fields} ${more} } } }`,
  )

test('a published figure can be asked for by its release’s name, unchanged by what was corrected and released later', async () => {
  const { data } = await gateway.ask(
    key,
    '{ releases(authority: 855, year: "2016/17") { name number through isComplete profile schools figures metrics { id definitionId } } }',
  )
  expect(data.releases).toMatchObject([
    { name: '855/201617/1', number: 1, through: 6, isComplete: true, profile: 'standard@1', schools: 6 },
    { name: '855/201617/2', number: 2 },
  ])
  const asked = 'metric: "incidents", grains: [ACADEMIC_YEAR]'
  const [first, second, latest] = await Promise.all(
    ['/1', '/2', ''].map((number) => ask(key, `release: "855/201617${number}", ${asked}`)),
  )
  expect(first!.data.releasedFigures.rows[0]).toMatchObject({ schoolUrn: null, value: 322, status: 'OK' })
  expect(second!.data.releasedFigures.rows[0]).toMatchObject({ schoolUrn: null, value: 382 })
  expect(latest!.data.releasedFigures).toEqual(second!.data.releasedFigures)
})

test('a release of a running year says which half-terms it holds, and that the year is not complete', async () => {
  const cells = urns.map(
    (school): SeedCell => ({
      ...{
        authority: 855,
        school,
        metric: 'headcount',
        grain: 'week',
        period: 20170911,
        counts: { '': 300 },
      },
    }),
  )
  await seed(gateway.warehouse, cells)
  await closeYear(gateway, { authority: 855, year: 2017, schools: urns, through: 2 })
  const { data } = await gateway.ask(
    key,
    '{ releases(authority: 855, year: "2017/18") { name through isComplete } }',
  )
  expect(data.releases).toEqual([{ name: '855/201718/1', through: 2, isComplete: false }])
})

test('a hidden row has no number and does not say why; the small one looks as the one beside it', async () => {
  const { data } = await ask(key, 'release: "855/201617/1", metric: "incident_rate", grains: [ACADEMIC_YEAR]')
  const hidden = data.releasedFigures.rows.filter((row: { symbol: string }) => row.symbol === 'c')
  expect(hidden.length).toBeGreaterThan(1)
  const [small, beside] = hidden.map(({ schoolUrn, ...row }: { schoolUrn: number }) => row)
  expect(small).toEqual(beside)
  expect(Object.values(small).filter((value) => typeof value === 'number')).toEqual([])
  expect(hidden.map((row: { schoolUrn: number }) => row.schoolUrn)).toContain(urns[1])
})

test('a rate and a share are drawn from released counts and roll, with interval, profile and definition', async () => {
  const year = 'grains: [ACADEMIC_YEAR]'
  const rates = await ask(
    key,
    `release: "855/201617/1", metric: "incident_rate", schools: [${urns[5]}], ${year}`,
  )
  expect(rates.data.releasedFigures.rows).toEqual([
    expect.objectContaining({ numerator: 50, denominator: 300, symbol: '', profile: 'standard@1' }),
  ])
  const [{ value, lower, upper, definitionId }] = rates.data.releasedFigures.rows
  expect(value).toBeCloseTo(100 / 6)
  expect([lower < value, value < upper]).toEqual([true, true])
  expect(definitionId).toMatch(/^incidents@[0-9a-f]{8}$/)
  const shares = await ask(key, `release: "855/201617/1", metric: "pupils_with_incident_share", ${year}`)
  expect(shares.data.releasedFigures.rows[1]).toMatchObject({ schoolUrn: urns[0], value: 10, symbol: '' })
  // More pupils than the roll has: nothing that could be published.
  expect(shares.data.releasedFigures.rows[6]).toMatchObject({
    symbol: 'x',
    status: 'NOT_AVAILABLE',
    value: null,
  })
})

test('pages hold every row once, in the order of the whole', async () => {
  const asked = 'release: "855/201617/1", metric: "incidents"'
  const whole = (await ask(key, `${asked}, first: 5000`)).data.releasedFigures
  const rows: unknown[] = []
  let after = ''
  while (rows.length < whole.totalCount) {
    const { data } = await ask(key, `${asked}, first: 40 ${after}`)
    expect(data.releasedFigures.rows.length).toBeGreaterThan(0)
    rows.push(...data.releasedFigures.rows)
    after = `, after: "${data.releasedFigures.pageInfo.endCursor}"`
  }
  expect(rows).toEqual(whole.rows)
})

test('the lead of one school gets its rows; for a stranger a release is as one that does not exist', async () => {
  const args = 'metric: "incidents", grains: [ACADEMIC_YEAR]'
  const own = (await ask(lead, `release: "855/201617/1", ${args}`)).data.releasedFigures
  expect(own.rows.map((row: { schoolUrn: number }) => row.schoolUrn)).toEqual([urns[1]])
  const told = async (name: string) => {
    const { errors } = await ask(stranger, `release: "${name}", ${args}`)
    const { id: _, ...extensions } = errors![0]!.extensions
    return { message: errors![0]!.message, extensions }
  }
  expect(await told('855/201617/1')).toEqual(await told('866/201617/1'))
  expect(await told('855/201617/1')).toMatchObject({ extensions: { field: 'release' } })
})

test('the CSV of a release has every released figure of the scope, and says of each number that is missing why', async () => {
  const get = (who: string, path: string) =>
    gateway.app.inject({ url: `/v1/releases/${path}`, headers: { authorization: `Bearer ${who}` } })
  const [whole, again] = await Promise.all([get(key, '855/201617/1.csv'), get(key, '855/201617/1.csv')])
  expect(whole.statusCode).toBe(200)
  expect(whole.headers['content-type']).toContain('text/csv')
  expect(again.body).toBe(whole.body)
  const [head, ...lines] = whole.body.trimEnd().split('\r\n')
  expect(head).toBe(
    'release,time_period,time_identifier,authority_code,school_urn,metric_id,definition_id,n,numerator,denominator,' +
      'value,lower,upper,unit,status,symbol,profile,breakdown',
  )
  const { data } = await gateway.ask(key, '{ releases { figures } }')
  expect(lines).toHaveLength(data.releases[0].figures)
  const cells = lines.map((line) => line.split(','))
  expect(cells.filter((row) => (row[10] === '') !== ['c', 'x', 'z'].includes(row[15]!))).toEqual([])
  const own = await get(lead, '855/201617/1.csv?metric=incident_rate')
  const rows = own.body.trimEnd().split('\r\n').slice(1)
  expect(new Set(rows.map((line) => line.split(',')[4]))).toEqual(new Set([String(urns[1])]))
  expect((await get(stranger, '855/201617/1.csv')).statusCode).toBe(400)
  expect((await get(stranger, '855/201617/1.csv')).json().errors[0].message).toBe(
    (await get(stranger, '866/201617/1.csv')).json().errors[0].message,
  )
  expect((await get('no-key', '855/201617/1.csv')).statusCode).toBe(401)
})
