/** Makes the logger that `withLogging` was asked for: a sink for each `to…` option. */

import { fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { createLogger, type SinkChoice } from './create-logger.ts'
import { type EmailSinkOptions, emailSink } from './email-sink.ts'
import { fileSink } from './file-sink.ts'
import { htmlSink } from './html-sink.ts'
import { httpSink } from './http-sink.ts'
import type { Logger } from './logger.ts'
import type { ResolvedLogging } from './logging-options.ts'
import { LogEntry, type LogRecord } from './record.ts'
import type { Sink } from './sink.ts'
import { streamSink } from './stream-sink.ts'
import { syslogSink } from './syslog-sink.ts'
import { WSGILOG_DATE, WSGILOG_FORMAT } from './text-format.ts'

/**
 * The logger of a wrapper.
 * @throws {SinkError} when the log file cannot be opened
 */
export function loggerFor(options: ResolvedLogging): Logger {
  const sinks = [...fileSinks(options), ...htmlSinks(options), ...farSinks(options), ...(options.sinks ?? [])]
  const { toStream } = options
  if (toStream !== false || sinks.length === 0) sinks.unshift(terminalSink(options, toStream))
  const { name, level, redact, uncaught } = options
  return createLogger({ sinks, name, level, redact, uncaught })
}

function fileSinks(options: ResolvedLogging): Sink[] {
  const { toFile, file, fileOptions, format = WSGILOG_FORMAT, dateFormat = WSGILOG_DATE } = options
  if (toFile === false) return []
  const { interval, backups } = options
  const rotation = {
    ...(interval === undefined ? {} : { rotate: interval }),
    ...(backups === undefined ? {} : { keep: backups }),
  }
  return [fileSink(toFile === true ? file : toFile, { format, dateFormat, ...rotation, ...fileOptions })]
}

function htmlSinks({ htmlFile }: ResolvedLogging): Sink[] {
  return htmlFile === undefined ? [] : [htmlSink(htmlFile)]
}

function farSinks(options: ResolvedLogging): Sink[] {
  const { toEmail, mailServer, fromMail, mailSubject, toHttp, toSyslog, facility, name } = options
  const sinks: Sink[] = []
  if (toEmail !== undefined) {
    const mail = { to: toEmail, server: mailServer, from: fromMail, subject: mailSubject }
    sinks.push(
      emailSink(
        Object.fromEntries(
          Object.entries(mail).filter(([, value]) => value !== undefined),
        ) as unknown as EmailSinkOptions,
      ),
    )
  }
  if (toHttp !== false) {
    const url = toHttp === true ? `http://${options.httpHost}${options.httpUrl}` : toHttp
    sinks.push(httpSink(url, { method: options.httpMethod }))
  }
  if (toSyslog !== false) {
    const target = toSyslog === true ? `udp://${options.sysHost}` : toSyslog
    sinks.push(syslogSink(target, { facility, appName: name }))
  }
  return sinks
}

function terminalSink(options: ResolvedLogging, toStream: ResolvedLogging['toStream']): SinkChoice {
  const stream = typeof toStream === 'boolean' ? 'stderr' : toStream
  const isTerminal = targetOf(stream)?.isTTY === true
  const format = options.format ?? (isTerminal ? 'pretty' : WSGILOG_FORMAT)
  const dateFormat = options.dateFormat ?? (format === 'pretty' ? undefined : WSGILOG_DATE)
  const sink = streamSink({ stream, format, ...(dateFormat === undefined ? {} : { dateFormat }) })
  const shownBy = shownAlready(stream)
  return { sink, filter: (record) => !shownBy.has(printedOn(record)) }
}

function targetOf(stream: 'stdout' | 'stderr' | Writable): { isTTY?: boolean } | undefined {
  return typeof stream === 'string' ? process[stream] : (stream as { isTTY?: boolean })
}

/** Where the text of the record has been printed already. */
function printedOn(record: LogRecord): unknown {
  return record instanceof LogEntry ? record.own?.printed : undefined
}

/** The streams whose prints show in the same place as `stream`; there a line for the print would be its second. */
function shownAlready(stream: 'stdout' | 'stderr' | Writable): ReadonlySet<unknown> {
  if (typeof stream === 'object' && stream !== process.stdout && stream !== process.stderr) return new Set()
  const own = stream === 'stdout' || stream === process.stdout ? 'stdout' : 'stderr'
  return isOnePlace() ? new Set(['stdout', 'stderr']) : new Set([own])
}

function isOnePlace(): boolean {
  try {
    const [out, err] = [fstatSync(1), fstatSync(2)]
    return out.ino === err.ino && out.dev === err.dev
  } catch {
    return false
  }
}
