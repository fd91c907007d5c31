/** A logger of this package as Nest's own: what Nest and `new Logger('CatsService')` say goes to its sinks. */

import type { LoggerService } from '@nestjs/common'
import { BoundedMap } from '../core/bounded-map.ts'
import type { Level } from '../core/levels.ts'
import type { Logger } from '../logger/logger.ts'

/** Most contexts whose loggers are kept; they are names of classes. */
const MAX_CONTEXTS = 1000

/**
 * For `NestFactory.create(AppModule, { logger: nestLogger(log) })` or `app.useLogger(nestLogger(log))`. The context of
 * a line is the name of its logger, so that `LOG_LEVEL=info,CatsService=debug` works; what is logged for a request has
 * the request's fields.
 */
export function nestLogger(log: Logger): LoggerService {
  const loggers = new BoundedMap<string, Logger>({ maxEntries: MAX_CONTEXTS })
  const loggerOf = (context: string | undefined): Logger => {
    if (context === undefined || context === '') return log
    const known = loggers.get(context)
    if (known !== undefined) return known
    const made = log.child(context)
    loggers.set(context, made)
    return made
  }
  const at = (level: Level) => {
    return (message: unknown, ...rest: readonly unknown[]): void => {
      const { context, ...call } = readCall(message, rest)
      loggerOf(context)[level](call.message, call.fields)
    }
  }
  return {
    log: at('info'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('trace'),
    fatal: at('fatal'),
  }
}

interface NestCall {
  readonly context: string | undefined
  readonly message: string
  readonly fields: object
}

/** Nest's order: a message, for errors a stack, further values, last the context. */
function readCall(first: unknown, rest: readonly unknown[]): NestCall {
  const last = rest.at(-1)
  const context = typeof last === 'string' && !isStack(last) ? last : undefined
  const more = (context === undefined ? rest : rest.slice(0, -1)).filter((one) => one !== undefined)
  const stack = more.find(isStack)
  const error = [first, ...more].find((one) => one instanceof Error) ?? errorWith(stack, first)
  const others = more.filter((one) => one !== stack && one !== error)
  const objects = [first, ...others].filter((one) => isPlain(one))
  const values = others.filter((one) => !isPlain(one))
  return {
    context,
    message: messageOf(first),
    fields: Object.assign(
      {},
      ...objects,
      error === undefined ? {} : { err: error },
      values.length === 0 ? {} : { more: values },
    ) as object,
  }
}

const isStack = (value: unknown): value is string =>
  typeof value === 'string' && /\n\s+at .+:\d+:\d+/.test(value.slice(0, 10_000))

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error) && !Array.isArray(value)

/** Where Nest gives the text of a stack in place of the error. */
function errorWith(stack: string | undefined, message: unknown): Error | undefined {
  return stack === undefined ? undefined : Object.assign(new Error(messageOf(message)), { stack })
}

function messageOf(value: unknown): string {
  if (value instanceof Error) return value.message
  return isPlain(value) ? '' : String(value)
}
