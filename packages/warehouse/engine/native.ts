import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The version whose native calls these files were written and tried against. */
export const CHDB_VERSION = '3.4.0'

/** A native connection; opaque. */
export type Handle = { readonly __connection: unique symbol }
/** A native result stream; opaque. */
export type StreamHandle = { readonly __stream: unique symbol }

export type NativeResult = {
  bytes: Buffer
  /** Seconds. */
  elapsed: number
  rowsRead?: number
  bytesRead?: number
}
export type NativeInsert = { elapsed: number; rowsWritten: number; bytesWritten: number }
export type NativeChunk = { done: true } | { done?: false; bytes: Buffer; numRows: number }

/** Query classes of `DurableClassifyAsync`. */
export const READ = 0
export const WRITE = 1
export const SESSION_OR_CONTROL = 3

/** The native calls used, as chdb's own JavaScript makes them. Rejections carry ClickHouse's error text. */
export type Native = {
  EngineVersion(): string
  CreateConnection(path: string, args: string[]): Handle
  CloseConnection(connection: Handle): void
  QueryAsyncConnection(
    connection: Handle,
    sql: string,
    format: string,
    params?: Record<string, string>,
  ): Promise<NativeResult>
  InsertRawAsyncConnection(
    connection: Handle,
    prefix: string,
    body: Buffer,
    countLines: boolean,
  ): Promise<NativeInsert>
  StreamQuery(connection: Handle, sql: string, format: string, params?: Record<string, string>): StreamHandle
  StreamFetch(stream: StreamHandle): Promise<NativeChunk>
  StreamCancel(stream: StreamHandle): void
  DurableClassifyAsync(
    connection: Handle,
    sql: string,
    database: string,
  ): Promise<{ statementCount: number; queryClass: number }>
}

/**
 * Loads the engine. The loader is not among chdb's exports, hence the path; the calls behind it are no
 * public interface, hence the version check.
 */
export function loadNative(): Native {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve('chdb/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  if (version !== CHDB_VERSION) {
    throw new Error(`chdb ${version} is installed, but the engine is written for ${CHDB_VERSION}: run npm ci`)
  }
  const loader = require(join(dirname(manifest), 'dist', 'loader.js')) as { loadNative(): Native }
  return loader.loadNative()
}
