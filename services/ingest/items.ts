import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Limits } from './limits.ts'
import { Problem } from './problem.ts'

/** How a request carries its events: the three HTTP modes of CloudEvents, and lines of structured events. */
export type Mode = 'binary' | 'structured' | 'batch' | 'ndjson'

/** One event as it was sent: JSON text, in binary mode of its data alone. */
export interface Item {
  /** Undefined where the bytes are no UTF-8. */
  readonly text: string | undefined
  /** Binary mode: the attributes, from the headers. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

const byMediaType: Readonly<Record<string, Mode>> = {
  'application/cloudevents+json': 'structured',
  'application/cloudevents-batch+json': 'batch',
  'application/x-ndjson': 'ndjson',
}

/** The mode that a request's headers name; a media type that Cairn cannot read is a problem. */
export function modeOf(headers: IncomingHttpHeaders): Mode {
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) throw new Problem('mediaType')
  const mode = byMediaType[mediaType]
  if (mode) return mode
  const isJson =
    /^[a-z]+\/([a-z0-9.+-]+\+)?json$/.test(mediaType) && !mediaType.startsWith('application/cloudevents')
  if (isJson && headers['ce-specversion'] !== undefined) return 'binary'
  throw new Problem('mediaType')
}

/** Takes a body apart. Only a batch that is no array, and too many items, cost the whole request. */
export function itemsOf(mode: Mode, headers: IncomingHttpHeaders, body: Buffer, limits: Limits): Item[] {
  const items = {
    structured: () => [{ text: textOf(body) }],
    binary: () => [{ text: textOf(body), attributes: attributesOf(headers) }],
    ndjson: () => linesOf(body, limits.items),
    batch: () => elementsOf(textOf(body), limits.items),
  }[mode]()
  if (items.length > limits.items) throw new Problem('tooManyItems', { limit: limits.items })
  return items
}

function textOf(body: Buffer): string | undefined {
  if (!isUtf8(body)) return undefined
  const text = body.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function linesOf(body: Buffer, limit: number): Item[] {
  const text = textOf(body)
  if (text === undefined) return brokenLinesOf(body, limit)
  const items: Item[] = []
  for (let start = 0; start < text.length && items.length <= limit; ) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed
    const line = text.slice(start, end)
    if (!isBlank(line)) items.push({ text: line })
    start = end + 1
  }
  return items
}

/** Some bytes are no UTF-8: the lines that hold them are refused, the others are not. */
function brokenLinesOf(body: Buffer, limit: number): Item[] {
  const items: Item[] = []
  for (let start = 0; start < body.length && items.length <= limit; ) {
    const feed = body.indexOf(0x0a, start)
    const end = feed < 0 ? body.length : feed
    const text = textOf(body.subarray(start, end))
    if (text === undefined || !isBlank(text)) items.push({ text })
    start = end + 1
  }
  return items
}

const isBlank = (line: string): boolean => line.length < 100 && line.trim() === ''

/**
 * The elements of a JSON array as text, each to be parsed on its own: one that is nested too deeply or is no JSON is
 * one item refused, and no sender can make the parser build a tree of millions of levels.
 */
export function elementsOf(text: string | undefined, limit: number): Item[] {
  if (text === undefined) throw new Problem('brokenBatch')
  const first = nextNonBlank(text, 0)
  if (text[first] !== '[') throw new Problem('brokenBatch')
  const items: Item[] = []
  let depth = 1
  let start = first + 1
  let position = start
  const close = (end: number) => items.push({ text: text.slice(start, end) })
  for (; depth > 0 && items.length <= limit; position++) {
    if (position >= text.length) throw new Problem('brokenBatch')
    const code = text.charCodeAt(position)
    if (code === quote) position = endOfString(text, position)
    else if (code === openBrace || code === openBracket) depth++
    else if (code === closeBrace || code === closeBracket) depth--
    else if (code === comma && depth === 1) {
      close(position)
      start = position + 1
    }
  }
  if (items.length > limit) return items
  if (text.charCodeAt(position - 1) !== closeBracket || nextNonBlank(text, position) < text.length)
    throw new Problem('brokenBatch')
  if (items.length > 0 || nextNonBlank(text, start) < position - 1) close(position - 1)
  return items
}

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Position of the quotation mark that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

function nextNonBlank(text: string, from: number): number {
  let position = from
  while (position < text.length && ' \n\r\t'.includes(text[position]!)) position++
  return position
}

/** Whether a JSON text nests deeper than `limit` levels. */
export function isDeeperThan(limit: number, text: string): boolean {
  let depth = 0
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === quote) position = endOfString(text, position)
    else if (code === openBrace || code === openBracket) {
      if (++depth > limit) return true
    } else if (code === closeBrace || code === closeBracket) depth--
  }
  return false
}

/** Binary mode: `ce-` headers, percent-decoded as the HTTP binding of CloudEvents 1.0 has it. */
function attributesOf(headers: IncomingHttpHeaders): Record<string, unknown> {
  const attributes: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes[name.slice(3)] = decoded(String(value))
  }
  attributes.datacontenttype = headers['content-type']
  return attributes
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
