import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { Fault } from './fault.ts'

export interface CsvRow {
  /** In the file, from 1; the heading is line 1. */
  readonly line: number
  /** Read of the file so far. */
  readonly bytes: number
  readonly fields: Readonly<Record<string, string>>
}

/**
 * The rows of a CSV file with a heading, as they are read. Files of the Department come in UTF-8 or in Windows-1252:
 * what is no UTF-8 is read as the other.
 * @throws Fault where the file cannot be read, or a column of `required` is not in its heading
 */
export async function* csvRows(file: string, required: readonly string[] = []): AsyncGenerator<CsvRow> {
  const text = file === '-' ? process.stdin : createReadStream(file).pipe(decoder(await encodingOf(file)))
  yield* parsed(text, file, required)
}

async function* parsed(
  text: NodeJS.ReadableStream,
  file: string,
  required: readonly string[],
): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    columns: (heading: string[]) => {
      const names = heading.map((name) => name.trim())
      const missing = required.find((name) => !names.includes(name))
      if (missing !== undefined)
        throw new Fault(`${file} has no column ${missing}.`, `It has: ${names.join(', ')}`)
      return names
    },
    info: true,
    trim: true,
    skip_empty_lines: true,
  })
  const reading = pipeline(text, parser)
  reading.catch(() => {})
  try {
    for await (const { record, info } of parser) yield { line: info.lines, bytes: info.bytes, fields: record }
    await reading
  } catch (error) {
    throw explained(error, file)
  }
}

function explained(error: unknown, file: string): unknown {
  const { code, lines } = error as { code?: string; lines?: number }
  if (code?.startsWith('CSV_'))
    return new Fault(
      `${file} is not well-formed CSV${lines ? ` at line ${lines}` : ''}.`,
      'Save it as CSV with a heading, in UTF-8.',
    )
  return unreadable(error, file)
}

/** A file that is not there or may not be read, said in one line; any other error as it is. */
export function unreadable(error: unknown, file: string): unknown {
  const { code } = error as { code?: string }
  if (code === 'ENOENT') return new Fault(`There is no file ${file}.`)
  if (code === 'EACCES' || code === 'EISDIR') return new Fault(`${file} cannot be read.`)
  return error
}

async function encodingOf(file: string): Promise<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of createReadStream(file)) utf8.decode(chunk as Buffer, { stream: true })
    utf8.decode()
    return 'utf-8'
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'windows-1252'
    throw unreadable(error, file)
  }
}

/** Bytes in, text out. */
function decoder(encoding: string): Transform {
  const decode = new TextDecoder(encoding)
  return new Transform({
    encoding: 'utf8',
    transform: (chunk, _, done) => done(null, decode.decode(chunk, { stream: true })),
    flush: (done) => done(null, decode.decode()),
  })
}
