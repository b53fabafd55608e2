/** Why a whole request was turned away. RFC 9457; `type` names the row of the reference table. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Of this request, so that it can be found in the log. */
  readonly instance?: string
  readonly [member: string]: unknown
}

/** Every problem that ingest answers with: code, status, title and the way out. */
export const problems = {
  incomplete: [400, 'The body did not arrive whole', 'Send the request again; events count once.'],
  unauthorised: [
    401,
    'No valid key',
    'Send an ingest key: Authorization: Bearer KEY. It may have been revoked.',
  ],
  forbidden: [403, 'The key may not send events', 'Use a key that was created for ingest.'],
  notFound: [404, 'There is nothing here', 'Events go to POST /v1/events.'],
  bodyTooLarge: [413, 'The body is too large', 'Send fewer events in one request.'],
  decompressedTooLarge: [413, 'The decompressed body is too large', 'Send fewer events in one request.'],
  tooManyItems: [413, 'Too many events in one request', 'Send fewer events in one request.'],
  mediaType: [
    415,
    'The media type is not supported',
    'Send application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson, ' +
      'or application/json with the attributes in ce- headers; in UTF-8.',
  ],
  encoding: [415, 'The content encoding is not supported', 'Send the body as it is, or with gzip.'],
  brokenEncoding: [422, 'The body cannot be decompressed', 'Send a complete gzip stream.'],
  brokenBatch: [422, 'The batch is not a JSON array', 'Send a well-formed JSON array of events, in UTF-8.'],
  allRefused: [422, 'Every event was refused', 'Each item names its fields and rules.'],
  tooManyRequests: [
    429,
    'Too many requests with this key',
    'Wait as Retry-After says; send more events in each request.',
  ],
  internal: [
    500,
    'Something went wrong here',
    'Send the request again; if it goes on, give the instance to support.',
  ],
  logUnavailable: [503, 'The event log cannot take events now', 'Send the request again; events count once.'],
  controlPlaneUnavailable: [
    503,
    'Keys and schools cannot be looked up now',
    'Send the request again; events count once.',
  ],
  overloaded: [503, 'Too much is being taken in at once', 'Send the request again; events count once.'],
  notReady: [503, 'Not ready', 'The event log or the control plane cannot be reached.'],
} as const satisfies Record<string, readonly [number, string, string]>

export type ProblemCode = keyof typeof problems

/** Ends a request. `more` becomes members of the document. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly more: Readonly<Record<string, unknown>>
  constructor(code: ProblemCode, more: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.more = more
  }
  get status(): number {
    return problems[this.code][0]
  }
}

export function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  const [status, title, detail] = problems[problem.code]
  return {
    type: `urn:cairn:problem:${problem.code}`,
    title,
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
    ...problem.more,
  }
}
