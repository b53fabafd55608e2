import { LogUnavailable } from '@cairn/event-log'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Aborted } from './body.ts'
import { Problem, problemDocument } from './problem.ts'

const retryAfterSeconds = 2

/** Answers any error with a problem document, and logs those that are ours by name and place alone. */
export function answerError(
  error: FastifyError | Problem,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Pick<Logger, 'error'>,
): FastifyReply {
  const problem = problemOf(error)
  if (problem.status >= 500) {
    // The message may hold what was sent (a parser's often do): only what we named ourselves is logged.
    const cause = (error.cause ?? error) as FastifyError
    const { name, code } = cause
    logger.error(
      { requestId: request.id, problem: problem.code, name, code, at: frames(cause) },
      'request failed',
    )
  }
  return sendProblem(reply, problem, request.id)
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Aborted) return new Problem('incomplete')
  if (error instanceof LogUnavailable) return new Problem('logUnavailable')
  const { statusCode = 500 } = error as FastifyError
  return new Problem(statusCode === 415 ? 'mediaType' : statusCode < 500 ? 'incomplete' : 'internal')
}

const frames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .map((line) => line.trim())

export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', retryAfterSeconds)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.code === 'encoding') reply.header('accept-encoding', 'gzip')
  // What is left of the body is not read.
  if (problem.status === 413 || problem.code === 'overloaded') reply.header('connection', 'close')
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemDocument(problem, requestId)))
}
