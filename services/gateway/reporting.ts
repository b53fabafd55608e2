import { randomUUID } from 'node:crypto'
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors'
import { requestId } from '@cairn/telemetry'
import { WarehouseError } from '@cairn/warehouse'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'
import { type Code, codes } from './errors.ts'

/** Of GraphQL itself: the question was not understood. Their texts quote the question and nothing else. */
const ofTheQuestion: ReadonlySet<unknown> = new Set([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.BAD_USER_INPUT,
  ApolloServerErrorCode.BAD_REQUEST,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
])

/**
 * What of an error a caller is told: known ones with code, field and rule; of anything else that it happened, and an
 * id under which the log has it. Neither the answer nor the log carries a value.
 */
export function formatError(
  log: Logger,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const id = requestId() ?? randomUUID()
    const cause = unwrapResolverError(error)
    const { message, code, field, rule } = known(formatted, cause)
    if (code === 'INTERNAL') log.error({ errorId: id, ...traceOf(cause) }, 'a query failed')
    return {
      message,
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
      extensions: { code, id, ...(field !== undefined && { field, rule }) },
    }
  }
}

interface Told {
  message: string
  code: string
  field?: unknown
  rule?: unknown
}

/** What is told of an error: a route that is not GraphQL has nothing formatted. */
export function known(formatted: GraphQLFormattedError | undefined, cause: unknown): Told {
  const { code, field, rule } = (formatted ?? (cause as Partial<GraphQLError>)).extensions ?? {}
  const ours =
    cause instanceof GraphQLError && typeof code === 'string' && code in codes && code !== 'INTERNAL'
  if (ours) return { message: (formatted ?? cause).message, code: String(code), field, rule }
  if (formatted && ofTheQuestion.has(code))
    return { message: formatted.message, code: String(code), field, rule }
  if (cause instanceof WarehouseError) return ofWarehouse(cause)
  return { message: 'Internal error', code: 'INTERNAL' satisfies Code }
}

function ofWarehouse(error: WarehouseError): Told {
  if (error.codeName === 'TIMEOUT_EXCEEDED' || error.codeName === 'CANCELLED')
    return { message: 'This took too long: ask for fewer groups or periods', code: 'TIMEOUT' satisfies Code }
  if (error.retryable)
    return { message: 'The warehouse is busy or away: try again', code: 'UNAVAILABLE' satisfies Code }
  return { message: 'Internal error', code: 'INTERNAL' satisfies Code }
}

/** Where it happened. The message stays out: it may quote what was asked or found. */
function traceOf(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] }
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { error: error.name, at: at.map((line) => line.trim()).slice(0, 12) }
}
