/** Records as syslog messages: RFC 5424 with structured data, or the older BSD form of RFC 3164. */

import { escapeControls } from '../core/escape.ts'
import { strftime } from '../core/time.ts'
import { isoText } from './json-format.ts'
import { capped, wellFormed } from './json-text.ts'
import { briefOf, masked, recordErrorText } from './plain-text.ts'
import type { LogRecord } from './record.ts'

/** What the header says. */
export interface SyslogHeader {
  /** 0 to 23. */
  readonly facility: number
  readonly hostname: string
  readonly appName: string
  readonly sdId: string
}

/** RFC 5424, 6.2.1: numerical codes of the facilities. */
export const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
}

/** Longest message, in UTF-16 units, before it is made bytes. */
const MAX_MESSAGE = 65_536
const MAX_VALUE = 4096

/** RFC 5424: `<134>1 2013-01-08T12:50:45.123Z host app 42 - [fields@32473 n="1"] message`. */
export function rfc5424(record: LogRecord, header: SyslogHeader): string {
  const { hostname, appName, sdId } = header
  const messageId = name(record.logger, 32) || '-'
  const start = `<${priority(record, header)}>1 ${isoText(record.time)} ${name(hostname, 255) || '-'} ${name(appName, 48) || '-'}`
  return `${start} ${process.pid} ${messageId} ${structured(record, sdId)} ${text(record)}`
}

/** RFC 3164: `<134>Jan  8 12:50:45 host app[42]: message`; local time. */
export function rfc3164(record: LogRecord, header: SyslogHeader): string {
  const tag = header.appName.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, 32) || 'app'
  const when = strftime(record.time, '%b %e %H:%M:%S')
  const fields = Object.keys(record.fields)
    .filter((key) => record.fields[key] !== undefined && record.fields[key] !== record.error)
    .map((key) => ` ${name(key, 64)}=${JSON.stringify(line(briefOf(record, key)))}`)
  return `<${priority(record, header)}>${when} ${name(header.hostname, 255) || '-'} ${tag}[${process.pid}]: ${text(record)}${fields.join('')}`
}

function priority(record: LogRecord, { facility }: SyslogHeader): number {
  return facility * 8 + severity(record.severity)
}

/** Syslog's severities: 2 critical, 3 error, 4 warning, 6 informational, 7 debug. */
export function severity(level: number): number {
  if (level >= 60) return 2
  if (level >= 50) return 3
  if (level >= 40) return 4
  return level >= 30 ? 6 : 7
}

function text(record: LogRecord): string {
  const message = line(masked(record, capped(record.message, MAX_MESSAGE)))
  return record.error === undefined ? message : `${message} ${line(recordErrorText(record))}`
}

/** One line: a line end in a message would begin a new message for many receivers. */
const line = (value: string): string => escapeControls(wellFormed(value))

/** PRINTUSASCII without what ends a name in structured data. */
const name = (value: string, length: number): string => value.replace(/[^!-~]|["=\]]/g, '_').slice(0, length)

function structured(record: LogRecord, sdId: string): string {
  const parts: string[] = []
  for (const key of Object.keys(record.fields)) {
    const value = record.fields[key]
    if (value === undefined || value === record.error) continue
    const escaped = line(capped(briefOf(record, key), MAX_VALUE)).replace(/["\\\]]/g, '\\$&')
    parts.push(` ${name(key, 32) || '_'}="${escaped}"`)
  }
  return parts.length === 0 ? '-' : `[${sdId}${parts.join('')}]`
}
