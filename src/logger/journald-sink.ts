/**
 * Records to systemd's journal, without native code. A service's stderr leads there already: then each line gets the
 * priority in front that journald reads; else the socket that `systemd-cat` uses is connected to.
 */

import { fstatSync } from 'node:fs'
import { basename } from 'node:path'
import { isString, resolveOptions } from '../core/options.ts'
import { BatchQueue } from './batch-queue.ts'
import { BATCH_DEFAULTS } from './delivery-options.ts'
import { fdTarget } from './fd-target.ts'
import { type FormatChoice, formatOf, isFormat } from './formats.ts'
import { LineWriter } from './line-writer.ts'
import { type LogRecord, textOf } from './record.ts'
import type { Sink } from './sink.ts'
import { severity } from './syslog-message.ts'
import { syslogTransport } from './syslog-transport.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link journaldSink}. */
export interface JournaldSinkOptions {
  /** Default `logfmt` without time: the journal has its own. */
  readonly format?: FormatChoice
  /** `SYSLOG_IDENTIFIER` in the journal. Default: the name of the program's file. Only for the socket. */
  readonly identifier?: string
  /** Default `/run/systemd/journal/stdout`. */
  readonly socket?: string
}

const DEFAULTS = {
  format: '$message $fields' as FormatChoice,
  socket: '/run/systemd/journal/stdout',
}

/** A sink that writes to the journal. @throws {ConfigError} for an option that is not right */
export function journaldSink(options?: JournaldSinkOptions): Sink {
  const checks = { format: isFormat, identifier: isString, socket: isString }
  const given = resolveOptions<JournaldSinkOptions, typeof DEFAULTS>(
    'journaldSink',
    options,
    checks,
    DEFAULTS,
  )
  const format = formatOf(given.format, { color: false, dateFormat: undefined })
  const draw = (record: LogRecord): string => prefixed(textOf(record, format), severity(record.severity))
  const trouble = new Trouble('journald')
  const onTrouble = trouble.listen.bind(trouble)
  if (options?.socket === undefined && leadsToJournal(2)) {
    const target = fdTarget(2)
    const writer = new LineWriter({
      target,
      trouble,
      sync: true,
      maxPending: 16_777_216,
      overflow: 'drop-oldest',
    })
    return Object.assign((record: LogRecord) => writer.write(draw(record)), {
      label: 'journald',
      terminal: true,
      flush: () => writer.drain(),
      flushSync: () => writer.flushSync(false),
      close: () => writer.close(),
      onTrouble,
    })
  }
  const identifier = (given.identifier ?? basename(process.argv[1] ?? 'node').replace(/\.\w+$/, '')).replace(
    /[\r\n]/g,
    ' ',
  )
  // Identifier, unit, priority, whether lines have a priority in front, and three flags to forward: sd_journal_stream_fd(3).
  const greeting = `${identifier}\n\n6\n1\n0\n0\n0\n`
  const stream = {
    kind: 'unix',
    host: '',
    port: 0,
    path: given.socket,
    framing: 'raw',
    tls: {},
    maxDatagram: 0,
    greeting,
  } as const
  const transport = syslogTransport(stream, (items) => queue.again(items))
  const queue = new BatchQueue({ ...BATCH_DEFAULTS, delayMs: 20 }, transport.deliver, trouble, undefined)
  return Object.assign((record: LogRecord) => queue.push(draw(record)), {
    label: 'journald',
    flush: queue.flush,
    flushSync: () => queue.flushSync(false),
    close: async () => {
      await queue.close()
      transport.close()
    },
    onTrouble,
  })
}

/** Every line of a record with its priority: the journal keeps one entry per line. */
function prefixed(text: string, priority: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `<${priority}>${line}\n`)
    .join('')
}

/** systemd names the device and inode of the stream it has connected to the journal. systemd.exec(5). */
function leadsToJournal(fd: number): boolean {
  const named = /^(\d+):(\d+)$/.exec(process.env.JOURNAL_STREAM ?? '')
  if (named === null) return false
  try {
    const { dev, ino } = fstatSync(fd)
    return dev === Number(named[1]) && ino === Number(named[2])
  } catch {
    return false
  }
}
