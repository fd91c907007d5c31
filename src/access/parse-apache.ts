/**
 * Apache's `LogFormat` syntax: `%h`, `%>s`, `%{Referer}i`, `%!200,304{User-agent}i`, `%^FB`.
 * Modifiers stand in any order between `%` and the directive, as mod_log_config reads them.
 */

import { FormatError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { checked, type FieldTable, namedSegment, segmentOf, splitName } from './named-field.ts'
import type { FieldSegment, Segment } from './segment.ts'

/** What stands between `%` and the directive. */
interface Modifiers {
  readonly argument: string | undefined
  /** `>`: after rewriting; `<`: as received. */
  readonly final: boolean | undefined
}

/** Makes the segment of a directive; a text instead says what its argument may be. */
type Directive = (
  modifiers: Modifiers,
  table: FieldTable,
  format: string,
  position: number,
) => FieldSegment | string

const plain =
  (name: string, rest: Partial<FieldSegment> = {}): Directive =>
  ({ argument }) =>
    argument === undefined ? segmentOf(name, undefined, rest) : 'none'

/** A directive whose braces choose between fields. */
const choice =
  (
    choices: Readonly<Record<string, readonly [string, string?]>>,
    usual?: readonly [string, string?],
  ): Directive =>
  ({ argument }) => {
    const chosen = argument === undefined ? usual : choices[argument]
    return chosen === undefined
      ? Object.keys(choices)
          .map((one) => `{${one}}`)
          .join(', ')
      : segmentOf(...chosen)
  }

/** A directive whose braces name a header, cookie or variable. */
const named =
  (field: string): Directive =>
  ({ argument }) =>
    argument === undefined || argument === ''
      ? 'a name in braces, such as {Name}'
      : segmentOf(field, argument)

const original =
  (asReceived: string, rewritten: string): Directive =>
  ({ argument, final }) =>
    argument === undefined ? segmentOf(final === true ? rewritten : asReceived) : 'none'

/** Variables of mod_ssl, for `%{…}x` and `%{…}e`. */
export const SSL_VARIABLES: Readonly<Record<string, string>> = {
  HTTPS: 'https',
  SSL_PROTOCOL: 'tls-version',
  SSL_CIPHER: 'tls-cipher',
  SSL_CLIENT_S_DN: 'tls-client-subject',
  SSL_TLS_SNI: 'tls-server-name',
}

const variable: Directive = ({ argument = '' }, table, format, position) => {
  if (Object.hasOwn(SSL_VARIABLES, argument)) return segmentOf(SSL_VARIABLES[argument] ?? '')
  const { name, argument: inner } = splitName(argument)
  return namedSegment(table, name, inner, { format, position }, Object.keys(SSL_VARIABLES))
}

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  a: choice({ c: ['peer-addr'] }, ['remote-addr']),
  A: plain('local-addr'),
  b: plain('bytes', { missingToo: 'zero' }),
  B: plain('bytes', { missing: '0' }),
  c: choice({ version: ['tls-version'], cipher: ['tls-cipher'], subjectdn: ['tls-client-subject'] }),
  C: named('cookie'),
  D: plain('duration'),
  e: ({ argument = '' }) =>
    argument === ''
      ? 'a name in braces, such as {Name}'
      : argument === 'HTTPS'
        ? segmentOf('https')
        : segmentOf('env', argument),
  f: plain('filename'),
  h: choice({ c: ['peer-addr'] }, ['remote-addr']),
  H: plain('protocol'),
  i: named('req'),
  I: plain('wire-bytes'),
  k: plain('keep-alive-number'),
  l: plain('logname'),
  L: choice({ c: ['connection-id'] }, ['request-id']),
  m: plain('method'),
  n: named('note'),
  o: ({ argument = '' }) =>
    argument === ''
      ? 'a name in braces, such as {Name}'
      : argument.toLowerCase() === 'content-type'
        ? segmentOf('content-type')
        : segmentOf('res', argument),
  O: plain('wire-bytes'),
  p: choice({ canonical: ['local-port'], local: ['local-port'], remote: ['peer-port'] }, ['local-port']),
  P: choice({ pid: ['pid'], tid: ['tid'], hextid: ['tid', 'hex'] }, ['pid']),
  q: plain('query'),
  r: original('request-line', 'final-request-line'),
  R: plain('handler'),
  s: plain('status'),
  S: plain('wire-bytes'),
  t: ({ argument }) =>
    argument === undefined
      ? segmentOf('time', undefined, { around: ['[', ']'] })
      : segmentOf('time', argument || 'begin'),
  T: choice({ s: ['duration', 's'], ms: ['duration', 'ms'], us: ['duration', 'us'] }, ['duration', 's']),
  u: plain('remote-user', { empty: '""' }),
  U: original('decoded-path', 'final-path'),
  v: plain('host'),
  V: plain('host'),
  x: variable,
  X: plain('connection-status'),
  '^ti': named('req-trailer'),
  '^to': named('res-trailer'),
  '^FB': plain('ttfb'),
  '^FU': plain('upload-time'),
}

/** Directives whose field takes a fixed argument. */
const FIXED: Readonly<Record<string, string>> = { D: 'us', I: 'in', O: 'out' }

/** All directives; for the documentation. */
export const APACHE_DIRECTIVES: readonly string[] = Object.keys(DIRECTIVES)

/** What a directive without modifiers shows; for the documentation. */
export function apacheDirective(letter: string, argument?: string): FieldSegment | undefined {
  const made = DIRECTIVES[letter]?.({ argument, final: undefined }, new Map(), '', 0)
  return typeof made === 'object' ? fixed(letter, made) : undefined
}

/** @throws {FormatError} for an unknown directive, a wrong argument, or an item that does not end */
export function parseApache(format: string, table: FieldTable): Segment[] {
  const segments: Segment[] = []
  let from = 0
  while (from < format.length) {
    const percent = format.indexOf('%', from)
    if (percent < 0) break
    segments.push(unescaped(format.slice(from, percent)))
    const { segment, end } = parseItem(format, percent, table)
    segments.push(segment)
    from = end
  }
  segments.push(unescaped(format.slice(from)))
  return segments
}

/** Where the first item stands that can be read; -1 when there is none. */
export function findApache(format: string, table: FieldTable): number {
  for (let at = format.indexOf('%'); at >= 0; at = format.indexOf('%', at + 1)) {
    try {
      const { segment, end } = parseItem(format, at, table)
      if (typeof segment !== 'string') return at
      at = end - 1
    } catch {}
  }
  return -1
}

const ITEM = /%((?:[!<>,]|\d+|\{[^}]*\})*)(\^[\s\S]{0,2}|[\s\S]?)/y

function parseItem(format: string, percent: number, table: FieldTable): { segment: Segment; end: number } {
  ITEM.lastIndex = percent
  const [whole = '', modifierText = '', letter = ''] = ITEM.exec(format) ?? []
  const end = percent + whole.length
  if (letter === '%' && modifierText === '') return { segment: '%', end }
  if (letter === '{') throw new FormatError('This "{" has no "}".', format, end - 1)
  if (letter === '') throw new FormatError('The format ends inside this item.', format, percent)
  const directive = Object.hasOwn(DIRECTIVES, letter) ? DIRECTIVES[letter] : undefined
  if (directive === undefined) throw unknownDirective(letter, format, end - letter.length)
  const { statuses, ...modifiers } = readModifiers(modifierText, format, percent)
  const made = directive(modifiers, table, format, percent)
  if (typeof made === 'string') {
    const shown =
      modifiers.argument === undefined ? 'nothing' : JSON.stringify(`{${modifiers.argument.slice(0, 60)}}`)
    throw new FormatError(`"%${letter}" has ${shown} for its argument. Allowed: ${made}.`, format, percent)
  }
  const segment = checked(fixed(letter, made), { format, position: percent })
  return { segment: statuses === undefined ? segment : { ...segment, statuses }, end }
}

function fixed(letter: string, segment: FieldSegment): FieldSegment {
  return FIXED[letter] === undefined ? segment : { ...segment, argument: FIXED[letter] }
}

function readModifiers(
  text: string,
  format: string,
  position: number,
): Modifiers & { statuses: FieldSegment['statuses'] } {
  let argument: string | undefined
  let final: boolean | undefined
  let except = false
  const list: number[] = []
  for (const [part] of text.matchAll(/[!<>,]|\d+|\{[^}]*\}/g)) {
    if (part === '!') except = !except
    else if (part === '<' || part === '>') final = part === '>'
    else if (part.startsWith('{')) argument = part.slice(1, -1)
    else if (part !== ',') list.push(Number(part))
  }
  const odd = list.find((status) => status < 100 || status > 999)
  if (odd !== undefined) throw new FormatError(`${odd} is no status. Allowed: 100 to 999.`, format, position)
  return { argument, final, statuses: list.length === 0 ? undefined : { list, except } }
}

/** As Apache reads the text between items; `\"` is how its configuration files write a quote. */
function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(
        /\\([\\ntr"])/g,
        (_whole, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter,
      )
    : text
}

function unknownDirective(letter: string, format: string, position: number): FormatError {
  const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  const meant = Object.hasOwn(DIRECTIVES, swapped)
    ? swapped
    : letter.startsWith('^')
      ? nearest(letter, ['^ti', '^to', '^FB', '^FU'])
      : undefined
  const hint = meant === undefined ? '' : ` Did you mean "%${meant}"?`
  return new FormatError(
    `Unknown directive "%${letter}".${hint} All directives: docs/reference/tokens.md. A percent sign is written "%%".`,
    format,
    position,
  )
}
