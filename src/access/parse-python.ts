/**
 * Python's `%` syntax: `%(REQUEST_METHOD)s`, with flags, width and precision.
 * The names are TransLogger's, any CGI or WSGI name, the fields' own, or under the syntax `gunicorn` its atoms.
 */

import { FormatError } from '../core/errors.ts'
import { checked, type FieldTable, namedSegment, segmentOf, splitName, unknownField } from './named-field.ts'
import { SSL_VARIABLES } from './parse-apache.ts'
import { CONVERSIONS } from './printf.ts'
import type { FieldSegment, Printf, Segment } from './segment.ts'

type Names = Readonly<Record<string, readonly [string, (string | undefined)?, Partial<FieldSegment>?]>>

/** TransLogger's ten names, then those of CGI (RFC 3875) and WSGI (PEP 3333). */
const CGI_NAMES: Names = {
  REMOTE_ADDR: ['remote-addr'],
  REMOTE_USER: ['remote-user', undefined, { missingToo: 'empty' }],
  REQUEST_METHOD: ['method'],
  REQUEST_URI: ['url'],
  HTTP_VERSION: ['protocol'],
  time: ['time'],
  status: ['status'],
  bytes: ['bytes'],
  HTTP_REFERER: ['referrer'],
  HTTP_USER_AGENT: ['user-agent'],
  REMOTE_HOST: ['remote-addr'],
  REMOTE_PORT: ['peer-port'],
  AUTH_TYPE: ['auth-type'],
  CONTENT_LENGTH: ['req', 'content-length'],
  CONTENT_TYPE: ['req', 'content-type'],
  PATH_INFO: ['path-info'],
  QUERY_STRING: ['args', undefined, { missing: '' }],
  SCRIPT_NAME: ['base-url'],
  SCRIPT_FILENAME: ['filename'],
  SERVER_ADDR: ['local-addr'],
  SERVER_NAME: ['host'],
  SERVER_PORT: ['local-port'],
  SERVER_PROTOCOL: ['protocol'],
  UNIQUE_ID: ['request-id'],
  REQUEST_SCHEME: ['scheme'],
  'wsgi.url_scheme': ['scheme'],
}

/** gunicorn's `access_log_format`. */
const GUNICORN_ATOMS: Names = {
  h: ['remote-addr'],
  l: ['logname'],
  u: ['remote-user', undefined, { missingToo: 'empty' }],
  t: ['end-time', 'clf', { around: ['[', ']'] }],
  r: ['request-line'],
  m: ['method'],
  U: ['path'],
  q: ['args', undefined, { missing: '' }],
  H: ['protocol'],
  s: ['status'],
  st: ['status-phrase'],
  B: ['bytes', undefined, { missing: '0' }],
  b: ['bytes', undefined, { missingToo: 'zero' }],
  f: ['referrer'],
  a: ['user-agent'],
  T: ['duration', 's'],
  M: ['duration', 'ms'],
  D: ['duration', 'us'],
  L: ['duration', 's.us'],
  p: ['pid', undefined, { around: ['<', '>'] }],
}

/** The names of both tables; for the documentation. */
export const PYTHON_NAMES = { cgi: CGI_NAMES, gunicorn: GUNICORN_ATOMS } as const

/** @throws {FormatError} for an unknown name, a wrong conversion, or an item that does not end */
export function parsePython(format: string, table: FieldTable, syntax: 'python' | 'gunicorn'): Segment[] {
  const segments: Segment[] = []
  let from = 0
  while (from < format.length) {
    const percent = format.indexOf('%', from)
    if (percent < 0) break
    segments.push(format.slice(from, percent))
    if (format[percent + 1] === '%') {
      segments.push('%')
      from = percent + 2
      continue
    }
    const { key, after } = readKey(format, percent)
    const { print, end } = readConversion(format, percent, after)
    const segment =
      syntax === 'gunicorn' ? atom(key, table, format, percent) : cgiName(key, table, format, percent)
    segments.push(print === undefined ? segment : { ...segment, print })
    from = end
  }
  segments.push(format.slice(from))
  return segments
}

/** Where the first `%(` stands; -1 when there is none. */
export function findPython(format: string): number {
  for (const match of format.matchAll(/%%|%\(/g)) if (match[0] === '%(') return match.index
  return -1
}

/** The key runs to the matching parenthesis, as in Python. */
function readKey(format: string, percent: number): { key: string; after: number } {
  if (format[percent + 1] !== '(') {
    throw new FormatError('A "%" must be followed by "(name)" or by another "%".', format, percent)
  }
  let depth = 0
  for (let at = percent + 1; at < format.length; at++) {
    if (format[at] === '(') depth++
    else if (format[at] === ')' && --depth === 0) return { key: format.slice(percent + 2, at), after: at + 1 }
  }
  throw new FormatError('This "(" has no ")".', format, percent + 1)
}

const CONVERSION = /([#0\- +]*)(\d*)(?:\.(\d*))?[hlL]?([\s\S]?)/y

/** Most characters a width or precision may ask for. */
const MAX_WIDTH = 4096

function readConversion(
  format: string,
  percent: number,
  after: number,
): { print: Printf | undefined; end: number } {
  CONVERSION.lastIndex = after
  const [whole = '', flags = '', width = '', precision, conversion = ''] = CONVERSION.exec(format) ?? []
  if (conversion === '') {
    throw new FormatError(
      'The format ends before this item says how to print, such as "%(status)s".',
      format,
      percent,
    )
  }
  if (!CONVERSIONS.includes(conversion)) {
    const shown = JSON.stringify(conversion)
    const allowed = CONVERSIONS.split('').join(' ')
    throw new FormatError(
      `Unknown conversion ${shown}. Allowed: ${allowed}.`,
      format,
      after + whole.length - 1,
    )
  }
  if (Number(width) > MAX_WIDTH || Number(precision ?? 0) > MAX_WIDTH) {
    throw new FormatError(`A width or precision is at most ${MAX_WIDTH}.`, format, after)
  }
  const end = after + whole.length
  if (whole === 's') return { print: undefined, end }
  const print: Printf = {
    left: flags.includes('-'),
    zeros: flags.includes('0'),
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
    alternate: flags.includes('#'),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision),
    conversion,
  }
  return { print, end }
}

function cgiName(key: string, table: FieldTable, format: string, position: number): FieldSegment {
  const place = { format, position }
  const known = Object.hasOwn(CGI_NAMES, key) ? CGI_NAMES[key] : undefined
  if (known !== undefined) return segmentOf(...known)
  if (Object.hasOwn(SSL_VARIABLES, key)) return segmentOf(SSL_VARIABLES[key] ?? '')
  if (/^HTTP_[A-Z0-9_]+$/.test(key)) {
    return checked(segmentOf('req', key.slice(5).toLowerCase().replaceAll('_', '-')), place)
  }
  const { name, argument } = splitName(key)
  if (!table.has(name) && Object.hasOwn(GUNICORN_ATOMS, key)) {
    const problem = `"${key}" is a name of gunicorn's. Give the option syntax: "gunicorn".`
    throw new FormatError(problem, format, position)
  }
  return namedSegment(table, name, argument, place, Object.keys(CGI_NAMES))
}

function atom(key: string, table: FieldTable, format: string, position: number): FieldSegment {
  const place = { format, position }
  const known = Object.hasOwn(GUNICORN_ATOMS, key) ? GUNICORN_ATOMS[key] : undefined
  if (known !== undefined) return segmentOf(...known)
  const braced = /^\{([^}]+)\}([ioe])$/.exec(key)
  const inner = braced?.[1] ?? ''
  if (braced?.[2] === 'i') return checked(segmentOf('req', inner), place)
  if (braced?.[2] === 'o') return checked(segmentOf('res', inner), place)
  if (braced?.[2] === 'e') return environ(inner, table, place)
  const { name, argument } = splitName(key)
  if (table.has(name)) return namedSegment(table, name, argument, place)
  throw unknownField(key, [...Object.keys(GUNICORN_ATOMS), ...table.keys()], place)
}

/** gunicorn's `{NAME}e` is a key of the WSGI environment, which holds the CGI names. */
function environ(name: string, table: FieldTable, place: { format: string; position: number }): FieldSegment {
  return cgiName(name, table, place.format, place.position)
}
