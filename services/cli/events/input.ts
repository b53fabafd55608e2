import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { csvRows, unreadable } from '../csv.ts'
import { rowReader } from './csv-event.ts'

/** One event as it will be sent. */
export interface Input {
  /** In the file, from 1. */
  readonly line: number
  /** JSON text of the CloudEvent. */
  readonly text: string
  /** How much of the file it took. */
  readonly bytes: number
}

export interface InputFile {
  /** Of the whole file; 0 for standard input. */
  readonly bytes: number
  readonly events: AsyncIterable<Input>
}

export async function readInput(
  file: string,
  format: 'ndjson' | 'csv',
  defaults: { type?: string; source?: string },
): Promise<InputFile> {
  try {
    const bytes = file === '-' ? 0 : (await stat(file)).size
    return { bytes, events: format === 'csv' ? fromCsv(file, defaults) : fromLines(file) }
  } catch (error) {
    throw unreadable(error, file)
  }
}

async function* fromLines(file: string): AsyncGenerator<Input> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  let line = 0
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++
      // Not checked here: a broken line is refused by the endpoint, with its number.
      if (text.trim() !== '') yield { line, text, bytes: Buffer.byteLength(text) + 1 }
    }
  } catch (error) {
    throw unreadable(error, file)
  }
}

async function* fromCsv(file: string, defaults: { type?: string; source?: string }): AsyncGenerator<Input> {
  const read = rowReader(file, defaults)
  let before = 0
  for await (const { line, fields, bytes } of csvRows(file)) {
    yield { line, text: JSON.stringify(read(fields, line)), bytes: bytes - before }
    before = bytes
  }
}
