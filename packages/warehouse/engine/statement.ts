import { EngineError } from './engine-error.ts'
import { type Handle, type Native, SESSION_OR_CONTROL, WRITE } from './native.ts'
import { quote } from './settings.ts'

/** JSON formats of one row a line: their bodies cannot hold a raw newline within a value. */
const lineFormats: ReadonlySet<string> = new Set([
  'JSONEachRow',
  'JSONLines',
  'NDJSON',
  'JSONStringsEachRow',
  'JSONCompactEachRow',
  'JSONCompactEachRowWithNames',
  'JSONCompactEachRowWithNamesAndTypes',
  'JSONCompactStringsEachRow',
  'JSONCompactStringsEachRowWithNames',
  'JSONCompactStringsEachRowWithNamesAndTypes',
])

/** Control statements that leave no state on a connection. */
const control = /^(?:KILL|SYSTEM|BACKUP|RESTORE)\b/i
const leadingComments = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/

/** Checks statements with the engine's own parser; refuses what a shared connection must not run. */
export class StatementGate {
  readonly #native: Native
  readonly #control: Handle
  /** The project's statements are few and fixed (values travel as parameters): each is parsed once. */
  readonly #passed = new Set<string>()

  constructor(native: Native, control: Handle) {
    this.#native = native
    this.#control = control
  }

  /** Passes one statement that keeps no session state; throws an EngineError for any other text. */
  async check(sql: string): Promise<void> {
    if (this.#passed.has(sql)) return
    const { statementCount, queryClass } = await this.#native.DurableClassifyAsync(
      this.#control,
      sql,
      'default',
    )
    if (statementCount === 0) await this.#explainSyntax(sql)
    if (statementCount > 1) {
      throw new EngineError(62, 'SYNTAX_ERROR', 'Multi-statements are not allowed')
    }
    if (queryClass === SESSION_OR_CONTROL && !control.test(sql.replace(leadingComments, ''))) {
      throw new EngineError(392, 'QUERY_IS_PROHIBITED', 'Statements that change a session are not allowed')
    }
    if (queryClass === WRITE && holdsInlineData(sql)) {
      throw new EngineError(
        392,
        'QUERY_IS_PROHIBITED',
        'An insert sends its rows in the body, not in the SQL',
      )
    }
    if (sql.length > 20_000) return
    if (this.#passed.size >= 2_000) this.#passed.clear()
    this.#passed.add(sql)
  }

  /** The parser's message with its position, without running anything. */
  async #explainSyntax(sql: string): Promise<never> {
    if (sql.trim() === '') throw new EngineError(62, 'SYNTAX_ERROR', 'Empty query')
    await this.#native.QueryAsyncConnection(this.#control, `SELECT formatQuery(${quote(sql)})`, 'TSV')
    throw new EngineError(62, 'SYNTAX_ERROR', 'The statement cannot be parsed')
  }
}

/** `INSERT … FORMAT name` with rows behind the name: a blank line in them would run the rest as SQL. */
function holdsInlineData(sql: string): boolean {
  const inline = /^INSERT\b(?:(?!\b(?:SELECT|VALUES|WITH)\b)[^'])*?\bFORMAT\s+(?!Values\b)\w+\b\s*[^\s;]/i
  return inline.test(sql.replace(leadingComments, ''))
}

/** The insert statement of a URL, ready for a body of rows; undefined when the SQL takes no body. */
export function insertPrefix(sql: string): string | undefined {
  const statement = sql.replace(leadingComments, '').replace(/[\s;]+$/, '')
  const format = /^INSERT\s+INTO\s[\s\S]*\sFORMAT\s+(\w+)$/i.exec(statement)?.[1]
  if (format === undefined) return undefined
  if (!lineFormats.has(format)) {
    throw new EngineError(
      73,
      'UNKNOWN_FORMAT',
      `Format ${format} is not taken by the embedded engine's inserts`,
    )
  }
  return statement
}

const NEWLINE = 0x0a

/**
 * The body without blank lines. The engine takes a blank line for the end of an insert and runs what follows
 * as SQL, so none may reach it. In the JSON line formats a raw newline never stands within a value.
 */
export function withoutBlankLines(body: Buffer): Buffer {
  const leading = body.length > 0 && body[0] === NEWLINE
  if (!leading && body.indexOf('\n\n') === -1) return body
  const kept = Buffer.allocUnsafe(body.length)
  let length = 0
  let previous = NEWLINE
  for (const byte of body) {
    if (byte !== NEWLINE || previous !== NEWLINE) kept[length++] = byte
    previous = byte
  }
  return kept.subarray(0, length)
}
