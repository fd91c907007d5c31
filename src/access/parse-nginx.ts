/** nginx's `log_format` syntax: `$name`, `${name}`. */

import { FormatError } from '../core/errors.ts'
import { checked, type FieldTable, namedSegment, segmentOf, unknownField } from './named-field.ts'
import type { FieldSegment, Segment } from './segment.ts'

/** nginx's variables by the fields that hold them. */
const VARIABLES: Readonly<Record<string, () => FieldSegment>> = {
  remote_addr: () => segmentOf('remote-addr'),
  remote_port: () => segmentOf('peer-port'),
  realip_remote_addr: () => segmentOf('peer-addr'),
  realip_remote_port: () => segmentOf('peer-port'),
  remote_user: () => segmentOf('remote-user', undefined, { missingToo: 'empty' }),
  server_addr: () => segmentOf('local-addr'),
  server_port: () => segmentOf('local-port'),
  server_name: () => segmentOf('host'),
  host: () => segmentOf('host'),
  hostname: () => segmentOf('hostname'),
  time_local: () => segmentOf('end-time', 'clf'),
  time_iso8601: () => segmentOf('end-time', '%Y-%m-%dT%H:%M:%S%:z'),
  msec: () => segmentOf('end-time', 's.ms'),
  request: () => segmentOf('request-line'),
  request_method: () => segmentOf('method'),
  request_uri: () => segmentOf('url'),
  uri: () => segmentOf('final-path'),
  document_uri: () => segmentOf('final-path'),
  args: () => segmentOf('args'),
  query_string: () => segmentOf('args'),
  is_args: () => segmentOf('is-args'),
  scheme: () => segmentOf('scheme'),
  https: () => segmentOf('https', undefined, { missing: '' }),
  server_protocol: () => segmentOf('protocol'),
  status: () => segmentOf('status'),
  body_bytes_sent: () => segmentOf('bytes', undefined, { missing: '0' }),
  bytes_sent: () => segmentOf('wire-bytes', 'out'),
  request_length: () => segmentOf('wire-bytes', 'in'),
  request_time: () => segmentOf('duration', 's.ms'),
  request_id: () => segmentOf('request-id'),
  request_completion: () => segmentOf('request-completion'),
  content_type: () => segmentOf('req', 'content-type'),
  content_length: () => segmentOf('req', 'content-length'),
  connection: () => segmentOf('connection-id'),
  connection_requests: () => segmentOf('connection-requests'),
  pipe: () => segmentOf('pipelined'),
  pid: () => segmentOf('pid'),
  request_filename: () => segmentOf('filename'),
  ssl_protocol: () => segmentOf('tls-version'),
  ssl_cipher: () => segmentOf('tls-cipher'),
  ssl_server_name: () => segmentOf('tls-server-name'),
  ssl_client_s_dn: () => segmentOf('tls-client-subject'),
  ssl_session_reused: () => segmentOf('tls-session-reused'),
}

/** What nginx prints of an upstream where there is none, as behind Node. */
const NO_UPSTREAM =
  /^upstream_(?:addr|status|response_time|connect_time|header_time|response_length|bytes_(?:sent|received)|cache_status)$/

/** Variables of nginx that nobody can fill in here, and why. */
const UNKNOWABLE: readonly (readonly [RegExp, string])[] = [
  [
    /^gzip_ratio$/,
    'what compresses the response does not tell how long it was before; "$body_bytes_sent" is after',
  ],
  [/^tcpinfo_/, 'Node has no way to ask the system about a TCP connection'],
]

/** The names of nginx's variables that are understood; for the documentation. */
export const NGINX_VARIABLES: readonly string[] = Object.keys(VARIABLES)

/** What nginx's variable shows; for the documentation. */
export const nginxVariable = (name: string): FieldSegment | undefined => VARIABLES[name]?.()

const VARIABLE = /\$(?:\{([a-z0-9_]*)\}|([a-z0-9_]+)|)/gi

/** @throws {FormatError} for an unknown variable or a `$` that begins none */
export function parseNginx(format: string, table: FieldTable): Segment[] {
  const segments: Segment[] = []
  let from = 0
  for (const match of format.matchAll(VARIABLE)) {
    const name = match[1] ?? match[2]
    segments.push(format.slice(from, match.index))
    from = match.index + match[0].length
    if (name === undefined || name === '') {
      throw new FormatError(
        'A "$" must begin a variable: "$status", or "$" and "{status}".',
        format,
        match.index,
      )
    }
    segments.push(variable(name, table, format, match.index))
  }
  segments.push(format.slice(from))
  return segments
}

/** Where the first variable stands that this syntax knows; -1 when there is none. */
export function findNginx(format: string, table: FieldTable): number {
  for (const match of format.matchAll(VARIABLE)) {
    const name = match[1] ?? match[2] ?? ''
    try {
      if (name !== '') variable(name, table, format, match.index)
      if (name !== '') return match.index
    } catch {}
  }
  return -1
}

function variable(name: string, table: FieldTable, format: string, position: number): Segment {
  const place = { format, position }
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]?.() ?? ''
  if (NO_UPSTREAM.test(name)) return '-'
  const prefixed = /^(sent_http|sent_trailer|http|cookie|arg)_(.+)$/.exec(name)
  const rest = prefixed?.[2] ?? ''
  switch (prefixed?.[1]) {
    case 'http':
      return checked(segmentOf('req', rest.replaceAll('_', '-')), place)
    case 'sent_http':
      return checked(segmentOf('res', rest.replaceAll('_', '-')), place)
    case 'sent_trailer':
      return checked(segmentOf('res-trailer', rest.replaceAll('_', '-')), place)
    case 'cookie':
      return checked(segmentOf('cookie', rest), place)
    case 'arg':
      return checked(segmentOf('arg', rest), place)
    default: {
      const why = UNKNOWABLE.find(([names]) => names.test(name))?.[1]
      if (why !== undefined) throw new FormatError(`"$${name}" cannot be known: ${why}.`, format, position)
      const own = name.replaceAll('_', '-')
      if (table.has(own)) return namedSegment(table, own, undefined, place)
      throw unknownField(
        name,
        [...NGINX_VARIABLES, ...[...table.keys()].map((one) => one.replaceAll('-', '_'))],
        place,
      )
    }
  }
}
