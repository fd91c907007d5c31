/**
 * `rocksolid/morgan`: morgan's interface and morgan's answers, so that moving over is one changed import.
 * It keeps what morgan prints, also where that is not what went over the wire; `accessLog` tells the truth.
 */

import onFinished from 'on-finished'
import { createReporter, type Report } from '../reporter.ts'
import { compileTokens } from './compile.ts'
import { defineFormats } from './formats.ts'
import type {
  Morgan,
  MorganFormatFunction,
  MorganHandler,
  MorganOptions,
  MorganStream,
  TokenFunction,
} from './interface.ts'
import { noteHeaders } from './note-headers.ts'
import { addressOf, defineTokens, escapeToken, type MorganExchange, noteStart } from './tokens.ts'

/** A morgan with its own tokens and formats. */
export function createMorgan(): Morgan {
  const report = createReporter(undefined)
  const create = (
    first?: string | MorganFormatFunction | OldOptions,
    second?: MorganOptions,
  ): MorganHandler => {
    const { format, options } = argumentsOf(first, second)
    return createHandler(morgan, lineFunction(morgan, format, report), options, report)
  }
  const morgan = Object.assign(create, {
    compile: (format: string) => compileTokens(format, report),
    format(this: unknown, name: string, format: string | MorganFormatFunction) {
      morgan[name] = format
      return this as Morgan
    },
    token(this: unknown, name: string, read: TokenFunction) {
      morgan[name] = function tokenValue(this: unknown, ...given: Parameters<TokenFunction>) {
        const value = read.apply(this, given)
        return typeof value === 'string' ? escapeToken(value) : value
      }
      return this as Morgan
    },
  }) as Morgan
  defineFormats(morgan)
  defineTokens(morgan)
  return morgan
}

/** The one that `rocksolid/morgan` gives to everybody, as morgan does: tokens are defined for the whole process. */
export const morgan: Morgan = createMorgan()

interface OldOptions extends MorganOptions {
  readonly format?: string | MorganFormatFunction
}

function argumentsOf(
  first: string | MorganFormatFunction | OldOptions | undefined,
  second: MorganOptions | undefined,
): { format: string | MorganFormatFunction | undefined; options: MorganOptions } {
  if (typeof first === 'object' && first !== null) {
    warnOnce('morgan(options): give the format as the first argument instead')
    return { format: first.format || 'default', options: first }
  }
  if (first === undefined) warnOnce('morgan(): name a format')
  return { format: first, options: second ?? {} }
}

function lineFunction(
  morgan: Morgan,
  format: string | MorganFormatFunction | undefined,
  report: Report,
): MorganFormatFunction {
  if (typeof format === 'function') return format
  const found = morgan[format ?? 'default'] || format || morgan.default
  return typeof found === 'function' ? found : compileTokens(found, report)
}

function createHandler(
  morgan: Morgan,
  lineOf: MorganFormatFunction,
  options: MorganOptions,
  report: Report,
): MorganHandler {
  const skip = options.skip || undefined
  const stream = destination(options)
  return function logger(req, res, next) {
    const exchange = { req, res } as MorganExchange
    exchange.req._startAt = undefined
    exchange.req._startTime = undefined
    exchange.req._remoteAddress = addressOf(exchange.req)
    exchange.res._startAt = undefined
    exchange.res._startTime = undefined
    noteStart(exchange.req)

    const log = (): void => {
      try {
        if (skip?.(req, res)) return
        const line = lineOf(morgan, req, res)
        if (line === null || line === undefined) return
        const whole = stream.writableObjectMode === true && typeof line === 'object'
        stream.write((whole ? line : `${line}\n`) as string & object)
      } catch (error) {
        report('the line of morgan', error)
      }
    }
    if (options.immediate) log()
    else {
      noteHeaders(res, () => noteStart(exchange.res))
      onFinished(res, log)
    }
    next()
  }
}

const BUFFER_MS = 1000

function destination({ buffer, stream = process.stdout as MorganStream }: MorganOptions): MorganStream {
  if (!buffer) return stream
  warnOnce('morgan: the option "buffer"')
  const held: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    timer = undefined
    stream.write(held.splice(0).join('') as string & object)
  }
  return {
    write(line) {
      if (timer === undefined) timer = setTimeout(flush, typeof buffer === 'number' ? buffer : BUFFER_MS)
      held.push(line)
    },
  }
}

const warned = new Set<string>()

/** Each text once; Node shows a warning as often as it is emitted. */
function warnOnce(what: string): void {
  if (warned.has(what)) return
  warned.add(what)
  process.emitWarning(`${what} is deprecated`, 'DeprecationWarning')
}
