/** What Nest's own filter does with an exception, for when the debugger has nothing to say to it. */

import { STATUS_CODES } from 'node:http'
import type { INestApplication } from '@nestjs/common'

/** An answer that the application asks for by throwing it. */
interface HttpExceptionLike {
  getStatus(): number
  getResponse(): unknown
  readonly errorCode?: unknown
}

/** What middleware made for Express or Fastify throws for the same purpose. */
interface HttpErrorLike {
  readonly statusCode: number
  readonly message: string
  readonly expose?: boolean
}

/** Whether an exception asks for a status below 500. One that cannot be asked does not. */
export function isNestAnswer(exception: unknown): boolean {
  try {
    if (isHttpException(exception)) return exception.getStatus() < 500
    return isHttpError(exception) && exception.statusCode < 500
  } catch {
    return false
  }
}

/** Answers as Nest does, and tells its logger as it does, unless the exception has been logged. */
export function answerAsNest(
  app: INestApplication,
  exception: unknown,
  res: unknown,
  isLogged: boolean,
): void {
  const http = app.getHttpAdapter()
  const { status, body } = answerFor(exception)
  if (http.isHeadersSent(res)) http.end(res)
  else http.reply(res, body, status)
  if (!isLogged && !isHttpException(exception)) tellNest(app, exception)
}

function answerFor(exception: unknown): { readonly status: number; readonly body: object } {
  if (isHttpException(exception)) {
    const [status, response] = [exception.getStatus(), exception.getResponse()]
    if (typeof response === 'object' && response !== null) return { status, body: response }
    const { errorCode } = exception
    const code = errorCode === undefined ? {} : { errorCode }
    return { status, body: { statusCode: status, message: response, ...code } }
  }
  const status = isHttpError(exception) ? exception.statusCode : 500
  const message = isHttpError(exception) ? publicMessage(exception) : 'Internal server error'
  return { status, body: { statusCode: status, message } }
}

function isHttpException(exception: unknown): exception is HttpExceptionLike {
  const { getStatus, getResponse } = asObject<HttpExceptionLike>(exception)
  return typeof getStatus === 'function' && typeof getResponse === 'function'
}

/** Nest's own test: errors of Fastify, errors of the package http-errors, and what is no Error but looks like one. */
function isHttpError(exception: unknown): exception is HttpErrorLike {
  const { statusCode, status, code, expose, message } = asObject<HttpErrorLike & Record<string, unknown>>(
    exception,
  )
  if (typeof statusCode !== 'number') return false
  const isFastify =
    (exception as object).constructor?.name === 'FastifyError' || code === 'FST_ERR_VALIDATION'
  if (isFastify && typeof code === 'string') return true
  if (exception instanceof Error) return typeof expose === 'boolean' && status === statusCode
  return (
    Number.isInteger(statusCode) &&
    statusCode >= 400 &&
    statusCode < 600 &&
    typeof message === 'string' &&
    message !== ''
  )
}

function publicMessage({ expose, statusCode, message }: HttpErrorLike): string {
  return expose === false ? (STATUS_CODES[statusCode] ?? 'Internal server error') : message
}

const asObject = <T>(value: unknown): Partial<T> =>
  typeof value === 'object' && value !== null ? (value as Partial<T>) : {}

/** The class of Nest's loggers, found at the application: this package loads nothing of Nest. */
interface WithLogger {
  readonly logger?: { readonly constructor: new (context: string) => { error(message: unknown): void } }
}

function tellNest(app: INestApplication, exception: unknown): void {
  const { logger } = app as WithLogger
  if (logger === undefined) console.error(exception)
  else new logger.constructor('ExceptionsHandler').error(exception)
}
