/**
 * What suppression adds to a query: the same numbers of the same schools, once released (suppressed over the whole cube, and
 * read from the release) and once as aggregates (counted when asked, each cell by itself). Asked in turns.
 *   node --import tsx test/load/suppression.ts [SCHOOLS] [TIMES]
 * Prints one JSON line: milliseconds within the gateway's process, and their ratio.
 */
import { calendarWeeks, defaultHalfTerms } from '@cairn/control-plane'
import { installation, type SeedCell, seed } from '../../services/gateway/installation.ts'

const [count, times] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 100)]
const year = 2024
const weeks = calendarWeeks(year, defaultHalfTerms(year))
const kinds = { released: 855, 'counted when asked': 856 } as const
const urnOf = (code: number, i: number) => code * 1_000 + i

const gateway = await installation({
  authorities: Object.values(kinds).map((code) => ({ code, name: `Authority ${code}` })),
  schools: Object.values(kinds).flatMap((code) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ urn: urnOf(code, i), authority: code, name: `School ${i}`, phase: i % 6 === 0 ? 'SS' : 'PS' },
      aggregate: code === kinds['counted when asked'],
    })),
  ),
  now: () => Date.parse(`${year + 1}-09-20T12:00:00Z`),
  limits: { perKey: 1e9, perAddress: 1e9 },
})
const cells = Object.values(kinds).flatMap((authority) =>
  Array.from({ length: count }, (_, i): SeedCell[] => {
    const at = { authority, school: urnOf(authority, i) }
    const roll = 150 + ((i * 37) % 400)
    const census = { '': roll, 'census=spring': roll }
    return [
      { ...at, metric: 'headcount', period: (year + 1) * 10_000 + 113, counts: census },
      ...weeks.map((one, w) => ({
        ...{ ...at, metric: 'incidents', period: Number(one.week.replaceAll('-', '')) },
        counts: { '': (i * 7 + w * 11) % 9 },
      })),
    ]
  }).flat(),
)
await seed(gateway.warehouse, cells)
await gateway.release({ authority: kinds.released, year })
const key = await gateway.keyOf('commissioner', 'commissioner', Object.values(kinds))

const asked = {
  'figures by school, year': 'figures(metric: "incident_rate", groupBy: ["school"], GRAIN, first: 500)',
  'figures by school, half-terms':
    'figures(metric: "incident_rate", groupBy: ["school"], GRAIN, first: 1000)',
}
const found = []
for (const [query, text] of Object.entries(asked)) {
  const grain = query.endsWith('year') ? 'ACADEMIC_YEAR' : 'HALF_TERM'
  const ms: Record<string, number[]> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]))
  let shown = 0
  for (let time = -5; time < times; time++)
    for (const [kind, code] of Object.entries(kinds)) {
      const period = `period: { grain: ${grain}, academicYears: ["202425"] }, filters: { authorities: [${code}] }`
      const started = performance.now()
      const { data, errors } = await gateway.ask(
        key,
        `{ ${text.replace('GRAIN', period)} { rows { schoolUrn value lower upper status } } }`,
      )
      if (errors) throw new Error(errors[0]!.message)
      if (time >= 0) ms[kind]!.push(performance.now() - started)
      shown += data.figures.rows.filter(({ status }: { status: string }) => status === 'OK').length
    }
  if (shown === 0) throw new Error(`nothing is shown of ${query}`)
  const at = (kind: string, share: number) => ms[kind]!.toSorted((a, b) => a - b)[Math.floor(share * times)]!
  const of = (kind: string) => ({ p50: Math.round(at(kind, 0.5)), p95: Math.round(at(kind, 0.95)) })
  const [released, without] = Object.keys(kinds) as [string, string]
  found.push({
    ...{ query, [released]: of(released), [without]: of(without) },
    ratio: Number((at(released, 0.5) / at(without, 0.5)).toFixed(2)),
  })
}
console.log(JSON.stringify({ schools: count, times, queries: found }))
await gateway.close()
