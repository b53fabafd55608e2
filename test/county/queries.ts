import { createRequire } from 'node:module'

/** It has no types: `once` returns a promise of its result and emits `response` with milliseconds. */
const autocannon = createRequire(import.meta.url)('autocannon')

export interface Latency {
  readonly query: string
  readonly requests: number
  readonly p50: number
  readonly p95: number
  /** Answers that were none: another status than 200, or with errors. */
  readonly failed: number
}

/**
 * The main questions about one authority over one year, as the page and a dashboard ask them.
 * @param weeks Mondays of the last weeks of the year’s first half-term and of the year
 */
export function mainQueries(
  authority: number,
  year: string,
  [earlier, later]: readonly [string, string],
): Record<string, string> {
  const of = `authority: ${authority}, period: { academicYears: ["${year}"] }`
  const wheel = 'instrument: "resilience-wheel@2"'
  const tiers = `authority: ${authority}, domain: "semh"`
  return {
    figuresBySchool: `{ figures(metric: "incident_rate", groupBy: ["school"], period: { academicYears: ["${year}"] }, first: 500) { rows { schoolName value lower upper status } } }`,
    figuresByHalfTerm: `{ figures(metric: "check_in_response_rate", groupBy: ["authority"], period: { grain: HALF_TERM, academicYears: ["${year}"] }) { rows { timeIdentifier authorityName value status } } }`,
    trend: `{ trend(metric: "incident_rate", authority: ${authority}, period: { grain: WEEK, academicYears: ["${year}"] }) { points { from value status specialCause } variation } }`,
    compareSchools: `{ compareSchools(metric: "incident_rate", ${of}) { rows { schoolName value lower upper status judgement } suppressed } }`,
    resilienceWheel: `{ resilienceWheel(${of}, ${wheel}) { weakest elements { element n value lower upper change status } } }`,
    interventionEffect: `{ interventionEffect(${of}, ${wheel}) { rows { kind subscale n change g gLower gUpper status } } }`,
    tierMix: `{ tierMix(${tiers}, week: "${later}") { rows { schoolName tier1 tier2 tier3 status } } }`,
    tierMovement: `{ tierMovement(${tiers}, week: "${earlier}", later: "${later}") { pupils status } }`,
    fidelity: `{ fidelity(${of}) { kind label } }`,
    planCompliance: `{ planCompliance(${of}) { asOf rows { domain label } } }`,
    unmetNeed: `{ unmetNeed(${of}, ${wheel}) { cutOff } }`,
    freshness: '{ freshness { authority waiting caughtUp } }',
  }
}

export async function ask(gateway: string, key: string, query: string): Promise<any> {
  const response = await fetch(`${gateway}/graphql`, {
    ...request(key, query),
    signal: AbortSignal.timeout(60_000),
  })
  const { data, errors } = (await response.json()) as any
  if (errors?.length > 0) throw new Error(`${query}: ${errors[0].message}`)
  return data
}

const request = (key: string, query: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
  body: JSON.stringify({ query }),
})

/** Asks each question alone for so many seconds, by so many callers at a time; for 0 seconds, once. */
export async function loadRun(
  gateway: string,
  key: string,
  queries: Readonly<Record<string, string>>,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Latency[]> {
  const found: Latency[] = []
  for (const [query, text] of Object.entries(queries)) {
    const times: number[] = []
    let failed = 0
    const since = performance.now()
    if (seconds === 0) {
      await ask(gateway, key, text)
      times.push(performance.now() - since)
    } else {
      const run = (until: { duration: number } | { amount: number }) =>
        new Promise<void>((resolve, reject) => {
          const requests = autocannon(
            {
              ...{ url: `${gateway}/graphql`, connections, ...until, timeout: 60, ...request(key, text) },
              // An answer with errors has status 200 as well.
              verifyBody: (body: string) => {
                if (body.includes('"errors":[')) failed++
                return true
              },
            },
            (error: Error | null) => (error ? reject(error) : resolve()),
          )
          requests.on('response', (_client: unknown, status: number, _bytes: number, ms: number) => {
            times.push(ms)
            if (status !== 200) failed++
          })
          requests.on('reqError', () => failed++)
        })
      await run({ duration: seconds })
      // Slower than the whole time: then one answer for each caller.
      if (times.length === 0) await run({ amount: connections })
    }
    times.sort((a, b) => a - b)
    const at = (share: number) =>
      Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN)
    found.push({ query, requests: times.length, p50: at(0.5), p95: at(0.95), failed })
  }
  return found
}
