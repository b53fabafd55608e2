import { setTimeout as delay } from 'node:timers/promises'
import { exitCodes, Fault } from './fault.ts'

export interface GraphqlEndpoint {
  /** Of the gateway, e.g. http://127.0.0.1:4000 */
  readonly url: string
  readonly key: string
  readonly signal?: AbortSignal
}

const attempts = 20

/** Asks one question; while the gateway cannot be reached or has no time, asks again. */
export async function ask<Data>(
  at: GraphqlEndpoint,
  query: string,
  variables: Record<string, unknown>,
): Promise<Data> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await post<Data>(at, query, variables)
    if ('data' in outcome) return outcome.data
    if (outcome.fault.exitCode === exitCodes.failed || attempt === attempts) throw outcome.fault
    await delay(Math.min(250 * attempt, 2_000), undefined, at.signal ? { signal: at.signal } : {})
  }
}

async function post<Data>(
  { url, key, signal }: GraphqlEndpoint,
  query: string,
  variables: Record<string, unknown>,
): Promise<{ data: Data } | { fault: Fault }> {
  let response: Response
  try {
    response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      ...(signal ? { signal } : {}),
    })
  } catch {
    if (signal?.aborted) throw signal.reason
    return {
      fault: new Fault(
        `The gateway cannot be reached at ${url}.`,
        'Start it (cairn start), or name another with --gateway URL.',
      ),
    }
  }
  const answer = (await response.json().catch(() => ({}))) as { data?: Data; errors?: { message: string }[] }
  if (answer.data && !answer.errors) return { data: answer.data }
  const said = answer.errors?.map((error) => error.message).join('; ') ?? `HTTP ${response.status}`
  const passing = response.status === 429 || response.status >= 500
  return {
    fault: new Fault(
      `The gateway answered: ${said}`,
      undefined,
      passing ? exitCodes.unavailable : exitCodes.failed,
    ),
  }
}

export interface FigureRow {
  readonly authorityCode: number | null
  readonly phase: string | null
  readonly dimensions: readonly { name: string; value: string }[]
  readonly value: number | null
  readonly status: string
}

const figuresQuery = `query Figures($metric: String!, $groupBy: [String!]!, $year: String!, $schools: [Int!], $after: String) {
  figures(metric: $metric, groupBy: $groupBy, period: { academicYears: [$year] }, filters: { schools: $schools }, first: 5000, after: $after) {
    rows { authorityCode phase dimensions { name value } value status }
    pageInfo { hasNextPage endCursor }
  }
}`

interface Figures {
  readonly figures: { rows: FigureRow[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
}

/** All rows of a metric in an academic year (`201617`), over these schools, page by page. */
export async function figures(
  at: GraphqlEndpoint,
  asked: { metric: string; groupBy: readonly string[]; year: string; schools: readonly number[] },
): Promise<FigureRow[]> {
  const rows: FigureRow[] = []
  for (let after: string | null = null; ; ) {
    const { figures: page }: Figures = await ask<Figures>(at, figuresQuery, { ...asked, after })
    rows.push(...page.rows)
    if (!page.pageInfo.hasNextPage) return rows
    after = page.pageInfo.endCursor
  }
}
