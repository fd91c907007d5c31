/** To and from the loggers a project has already: pino, winston, anything with their methods, and `console`. */

import { Writable } from 'node:stream'
import { ConfigError } from '../core/errors.ts'
import { checkArgument, show } from '../core/options.ts'
import { capturePrints } from './capture.ts'
import { findSeverity, levelNameOf } from './level.ts'
import { isLogger, type Logger } from './logger.ts'
import type { LogRecord } from './record.ts'
import type { Sink } from './sink.ts'

/** A logger of another kind. pino takes fields first, winston and console take them last. */
export interface ForeignLogger {
  readonly [method: string]: unknown
}

type ForeignMethod = (first: unknown, second?: unknown) => void

/** Other names for a level, tried in turn when the other logger lacks ours. */
const FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace', 'silly', 'debug', 'info'],
  debug: ['debug', 'info'],
  info: ['info', 'log'],
  warn: ['warn', 'warning', 'info'],
  error: ['error'],
  fatal: ['fatal', 'crit', 'error'],
}

/**
 * A sink that gives records to a pino or winston logger, to `console`, or to anything with such methods.
 * @throws {ConfigError} for something without them
 */
export function loggerSink(other: ForeignLogger): Sink {
  const methods = new Map<string, ForeignMethod>()
  for (const [level, names] of Object.entries(FALLBACKS)) {
    const name = names.find((one) => typeof other?.[one] === 'function')
    if (name === undefined) {
      throw new ConfigError(
        'ERR_ROCKSOLID_ARGUMENT_INVALID',
        `loggerSink: the logger is ${show(other)}, without a method for "${level}". Allowed: a logger of pino or winston, console, or an object with methods trace to fatal.`,
      )
    }
    methods.set(level, (other[name] as ForeignMethod).bind(other))
  }
  const fieldsFirst = typeof other.bindings === 'function'
  const sink = (record: LogRecord): void => {
    const method = methods.get(record.level) ?? methods.get(levelNameOf(record.severity))
    const fields = { ...(record.logger === '' ? {} : { logger: record.logger }), ...record.fields }
    if (fieldsFirst) method?.(fields, record.message)
    else if (Object.keys(fields).length === 0) method?.(record.message)
    else method?.(record.message, fields)
  }
  return Object.assign(sink, { label: 'logger' })
}

/** A destination for pino: `pino(options, pinoDestination(log))`. Its levels, times excepted, are taken over. */
export function pinoDestination(logger: Logger): { write(line: string): void } {
  checkArgument('pinoDestination', 'the logger', logger, isLogger)
  return {
    write(line) {
      for (const text of line.split('\n')) if (text !== '') takePino(logger, text)
    },
  }
}

function takePino(logger: Logger, text: string): void {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(text) as Record<string, unknown>
  } catch {
    logger.write('info', text)
    return
  }
  const { level, time: _time, pid: _pid, hostname: _hostname, msg, ...fields } = record
  logger.write((findSeverity(level) ?? 30) as never, typeof msg === 'string' ? msg : '', fields)
}

/** npm's levels, which winston uses. */
const WINSTON_LEVELS: Readonly<Record<string, number>> = { http: 20, verbose: 20, silly: 10 }

/** A transport for winston: `winston.createLogger({ transports: [winstonTransport(log)] })`. */
export function winstonTransport(logger: Logger): Writable {
  checkArgument('winstonTransport', 'the logger', logger, isLogger)
  const take = (info: Record<string, unknown>): void => {
    const { level, message, ...fields } = info
    const severity = WINSTON_LEVELS[String(level)] ?? findSeverity(level) ?? 30
    logger.write(severity as never, String(message), fields)
  }
  const stream = new Writable({
    objectMode: true,
    write(info: Record<string, unknown>, _encoding, done) {
      take(info)
      done()
    },
  })
  // winston asks for `log` to know that this is a transport of its third version.
  return Object.assign(stream, {
    log: (info: Record<string, unknown>, done: () => void) => {
      take(info)
      done()
    },
  })
}

/**
 * Logs what the program prints by `console` and on stdout and stderr, which goes on showing; gives back the function
 * that ends it.
 */
export function captureConsole(logger: Logger): () => void {
  checkArgument('captureConsole', 'the logger', logger, isLogger)
  return capturePrints(({ text, stream, method, source }) => {
    if (text.trim() === '') return
    const level = findSeverity(method) === undefined ? (stream === 'stderr' ? 'warn' : 'info') : method
    logger.write(level as never, text, { printed: stream, ...(source === undefined ? {} : { source }) })
  })
}
