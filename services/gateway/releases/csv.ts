import { releaseName, type Warehouse } from '@cairn/warehouse'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findRelease } from './find.ts'
import { type PlacedRow, releasedMetricOf, rowsOf } from './rows.ts'

/** In this order, for good: a new one is added at the end. Where a number is missing, symbol says why. */
const columns: Readonly<Record<string, (row: PlacedRow, release: string) => string | number | null>> = {
  release: (_, release) => release,
  time_period: (row) => row.timePeriod,
  time_identifier: (row) => row.timeIdentifier,
  authority_code: (row) => row.authorityCode,
  school_urn: (row) => row.schoolUrn,
  metric_id: (row) => row.metricId,
  definition_id: (row) => row.definitionId,
  n: (row) => row.n,
  numerator: (row) => row.numerator,
  denominator: (row) => row.denominator,
  value: (row) => row.value,
  lower: (row) => row.lower,
  upper: (row) => row.upper,
  unit: (row) => row.unit,
  status: (row) => row.status,
  symbol: (row) => row.symbol,
  profile: (row) => row.profile,
  breakdown: (row) => row.breakdown,
}

export interface CsvDependencies {
  readonly warehouse: Warehouse
  /** Takes the credential and the limits, as for GraphQL: sets the request's scope, or throws. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<void>
  signalOf(reply: FastifyReply): AbortSignal
}

interface Asked {
  Params: { authority: string; year: string; number: string }
  Querystring: { metric?: string | string[] }
}

/** `GET /v1/releases/855/202526/1.csv`: every metric that was released; `?metric=incident_rate` for one, or for its rate. */
export function serveReleaseCsv(app: FastifyInstance, { warehouse, admit, signalOf }: CsvDependencies): void {
  app.get<Asked>(
    '/v1/releases/:authority/:year/:number.csv',
    { onRequest: (request, reply) => admit(request as FastifyRequest, reply) },
    async ({ params: { authority, year, number }, query, scope }, reply) => {
      const signal = signalOf(reply)
      const release = await findRelease(warehouse, scope!, `${authority}/${year}/${number}`, signal)
      const ids = query.metric === undefined ? [...release.definitions.keys()] : [query.metric].flat()
      const asked = ids.map((id) => releasedMetricOf(release, id))
      const rows = await Promise.all(
        asked.map((metric) => rowsOf(warehouse, scope!, { release, metric, signal })),
      )
      reply.type('text/csv; charset=utf-8')
      return csvOf(rows.flat(), releaseName(release))
    },
  )
}

function csvOf(rows: readonly PlacedRow[], release: string): string {
  const lines = rows.map((row) => Object.values(columns).map((of) => quoted(of(row, release))))
  return `${[Object.keys(columns), ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`
}

const quoted = (value: string | number | null): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
