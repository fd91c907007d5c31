/** Lines as records of a logger, or of a single sink, of this package. They are known by their shape. */

import { LEVELS, type Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'
import type { FieldSettings } from './field.ts'
import { failed, failureOf } from './fields-response.ts'
import { durationOf } from './fields-time.ts'

/** What is used of a logger: `createLogger()` gives one. */
export interface LoggerLike {
  isEnabled(level: Level): boolean
  write(level: Level, text: string, fields?: object): void
}

/** A sink: `fileSink()`, `streamSink()` and the like. */
export interface SinkLike {
  (record: {
    readonly time: number
    readonly level: string
    readonly severity: number
    readonly logger: string
    readonly message: string
    readonly fields: Readonly<Record<string, unknown>>
    readonly error: unknown
  }): void
  readonly flushSync?: () => void
}

/** Takes the line of an exchange. */
export type TakeLine = (line: string, exchange: Exchange) => void

export function isLoggerLike(value: unknown): value is LoggerLike {
  if (typeof value !== 'object' || value === null) return false
  const { isEnabled, write } = value as Partial<LoggerLike>
  return typeof isEnabled === 'function' && typeof write === 'function'
}

export function isSinkLike(value: unknown): value is SinkLike {
  return typeof value === 'function' && typeof (value as SinkLike).flushSync === 'function'
}

/** Gives lines to a logger, at the level of each request, with its facts as fields. */
export function toLogger(logger: LoggerLike, settings: FieldSettings): TakeLine {
  return (line, exchange) => {
    const level = settings.level(exchange)
    if (logger.isEnabled(level)) logger.write(level, line, factsOf(exchange, settings))
  }
}

/** Gives lines to a sink as records of the logger `access`. */
export function toSink(sink: SinkLike, settings: FieldSettings): TakeLine {
  return (line, exchange) => {
    const level = settings.level(exchange)
    sink({
      time: Math.round(exchange.startEpochMs + durationOf(exchange)),
      level,
      severity: LEVELS[level],
      logger: 'access',
      message: line,
      fields: factsOf(exchange, settings),
      error: failed(exchange) ? failureOf(exchange) : undefined,
    })
  }
}

function factsOf(exchange: Exchange, settings: FieldSettings): Readonly<Record<string, unknown>> {
  const error = failed(exchange) ? failureOf(exchange) : undefined
  return {
    method: exchange.method,
    url: settings.mask.url(exchange.url),
    status: exchange.status,
    outcome: exchange.outcome,
    durationMs: Math.round(durationOf(exchange) * 1000) / 1000,
    remoteAddress: settings.clientAddress(exchange),
    ...(error === undefined ? {} : { err: error }),
  }
}
