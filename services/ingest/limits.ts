/** What one request, one key and the process may ask for. */
export interface Limits {
  /** Bytes of a body as it is sent. */
  readonly bodyBytes: number
  /** Bytes of a body once it is decompressed. */
  readonly decompressedBytes: number
  /** Events in one request. */
  readonly items: number
  /** Bytes of one event. */
  readonly itemBytes: number
  /** Levels of objects and lists in one event. */
  readonly depth: number
  /** Requests of one key in a minute. */
  readonly requestsPerMinute: number
  /** Bytes of all bodies that are being taken in at once. */
  readonly inFlightBytes: number
}

const mebibyte = 1024 * 1024

export const defaultLimits: Limits = {
  bodyBytes: 16 * mebibyte,
  decompressedBytes: 32 * mebibyte,
  items: 10_000,
  itemBytes: mebibyte / 4,
  depth: 16,
  requestsPerMinute: 60_000,
  inFlightBytes: 96 * mebibyte,
}
