import { EngineError } from './engine-error.ts'

/**
 * Settings a request may bring. The list is closed: what is not on it is refused by name, so that a setting
 * with effects on other requests cannot slip in through a URL.
 */
export const allowedSettings: ReadonlySet<string> = new Set([
  'async_insert',
  'date_time_input_format',
  'date_time_output_format',
  'do_not_merge_across_partitions_select_final',
  'final',
  'group_by_overflow_mode',
  'insert_deduplicate',
  'join_use_nulls',
  'max_block_size',
  'max_bytes_before_external_group_by',
  'max_bytes_before_external_sort',
  'max_execution_time',
  'max_insert_block_size',
  'max_insert_threads',
  'max_memory_usage',
  'max_query_size',
  'max_result_rows',
  'max_rows_to_read',
  'max_threads',
  'min_insert_block_size_bytes',
  'min_insert_block_size_rows',
  'mutations_sync',
  'optimize_move_to_prewhere_if_final',
  'output_format_json_quote_64bit_integers',
  'output_format_json_quote_denormals',
  'result_overflow_mode',
  'session_timezone',
  'timeout_overflow_mode',
  'use_query_condition_cache',
  'wait_for_async_insert',
])

/** URL parameters that belong to ClickHouse's HTTP interface and mean nothing to an engine on loopback. */
const interfaceOnly: ReadonlySet<string> = new Set([
  'add_http_cors_header',
  'buffer_size',
  'cancel_http_readonly_queries_on_client_close',
  'enable_http_compression',
  'http_write_exception_in_output_format',
  'send_progress_in_http_headers',
])

/** Settings among a request's URL parameters. Throws UNKNOWN_SETTING for one that is not allowed. */
export function readSettings(entries: Iterable<[string, string]>): Map<string, string> {
  const settings = new Map<string, string>()
  for (const [name, value] of entries) {
    if (interfaceOnly.has(name)) continue
    if (!allowedSettings.has(name)) {
      throw new EngineError(115, 'UNKNOWN_SETTING', `Setting ${name} is not allowed by the embedded engine`)
    }
    settings.set(name, value)
  }
  return settings
}

/** One SET statement for all of `settings`. */
export function setStatement(settings: Iterable<[string, string]>): string {
  const assignments = [...settings].map(([name, value]) => `${name} = ${quote(value)}`)
  return `SET ${assignments.join(', ')}`
}

/** A ClickHouse string literal. */
export function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`
}

/** A ClickHouse identifier. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
