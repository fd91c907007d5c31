/** Fields of the connection and of the process. */

import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'
import { tlsOf } from '../http/connection.ts'
import type { Exchange } from '../http/exchange.ts'
import { NEEDS } from '../http/exchange.ts'
import { sentHeader } from '../http/sent-headers.ts'
import { type Field, oneOf, simple } from './field.ts'

const isEncrypted = ({ connection }: Exchange): boolean => connection.socket.encrypted === true

const TLS = { needs: NEEDS.tls } as const

const machine = hostname()

export const CONNECTION_FIELDS: readonly Field[] = [
  {
    name: 'remote-addr',
    about: 'Address of the client; behind proxies see the option `trustProxy`. Missing on a unix socket.',
    bind: (_argument, settings) => (exchange) => settings.clientAddress(exchange) || undefined,
  },
  simple(
    'peer-addr',
    'Address of the other end of the connection, whatever headers say.',
    (exchange) => exchange.connection.peerAddress || undefined,
  ),
  simple(
    'peer-port',
    'Port of the other end of the connection.',
    (exchange) => exchange.connection.peerPort,
    {
      plain: true,
      varies: true,
    },
  ),
  simple(
    'local-addr',
    'Address of the server on this connection.',
    (exchange) => exchange.connection.localAddress || undefined,
  ),
  simple(
    'local-port',
    'Port of the server on this connection.',
    (exchange) => exchange.connection.localPort,
    {
      plain: true,
    },
  ),
  simple(
    'logname',
    'The identity after RFC 1413, which nobody asks for any more: always missing.',
    () => undefined,
    { never: true },
  ),
  simple(
    'connection-id',
    'Number of the connection in this process, from 1.',
    ({ connection }) => connection.id,
    {
      plain: true,
      varies: true,
    },
  ),
  simple(
    'keep-alive-number',
    'How many requests this connection had carried before this one, from 0.',
    (exchange) => exchange.number - 1,
    { plain: true, varies: true },
  ),
  simple(
    'connection-requests',
    'Number of this request on its connection, from 1.',
    (exchange) => exchange.number,
    { plain: true, varies: true },
  ),
  simple(
    'pipelined',
    '`p` when the request waited behind another on its connection, else `.`.',
    (exchange) => (exchange.pipelined ? 'p' : '.'),
  ),
  simple(
    'connection-status',
    'State of the connection afterwards: `X` ended before the response was complete, `+` kept alive, `-` closed.',
    (exchange) =>
      !exchange.ended ? undefined : exchange.outcome !== 'ok' ? 'X' : keepsAlive(exchange) ? '+' : '-',
    { plain: true },
  ),
  {
    name: 'wire-bytes',
    varies: true,
    about: 'Bytes on the connection, header and framing included: `in`, `out`, or both together.',
    argument: { about: '`in` or `out`; both when not given', check: oneOf('in', 'out') },
    needs: NEEDS.wireBytes,
    plain: true,
    bind: (argument) => {
      if (argument === 'in') return (exchange) => exchange.wireBytesIn
      if (argument === 'out') return (exchange) => exchange.wireBytesOut
      return (exchange) => exchange.wireBytesIn + exchange.wireBytesOut
    },
  },
  simple(
    'scheme',
    '`https` on an encrypted connection, else `http`.',
    (exchange) => (isEncrypted(exchange) ? 'https' : 'http'),
    {
      plain: true,
    },
  ),
  simple(
    'https',
    '`on` on an encrypted connection, else missing.',
    (exchange) => (isEncrypted(exchange) ? 'on' : undefined),
    {
      plain: true,
    },
  ),
  simple(
    'tls-version',
    'Version of TLS, such as `TLSv1.3`.',
    ({ connection }) => tlsOf(connection)?.version,
    TLS,
  ),
  simple(
    'tls-cipher',
    'Cipher suite of TLS, by its OpenSSL name.',
    ({ connection }) => tlsOf(connection)?.cipher,
    TLS,
  ),
  simple('tls-server-name', 'Server name that the client asked for (SNI).', ({ connection }) => {
    const { servername } = connection.socket as { readonly servername?: unknown }
    return typeof servername === 'string' ? servername : undefined
  }),
  simple(
    'tls-client-subject',
    'Subject of the certificate that the client showed.',
    ({ connection }) => subjectText(tlsOf(connection)?.subject),
    TLS,
  ),
  simple(
    'tls-session-reused',
    '`r` when the TLS session was resumed, `.` when not, missing without TLS.',
    ({ connection }) => {
      const facts = tlsOf(connection)
      return facts === undefined ? undefined : facts.resumed ? 'r' : '.'
    },
    TLS,
  ),
  simple('pid', 'Number of the process.', () => process.pid, { plain: true }),
  {
    name: 'tid',
    about: 'Number of the worker thread, 0 in the main thread.',
    argument: { about: '`hex` for hexadecimal', check: oneOf('hex') },
    plain: true,
    bind: (argument) => () => (argument === 'hex' ? threadId.toString(16) : threadId),
  },
  simple('hostname', 'Name of the machine.', () => machine),
]

function keepsAlive(exchange: Exchange): boolean {
  if (exchange.httpVersionMajor >= 2) return true
  const connection = sentHeader(exchange.res, 'connection').join(',').toLowerCase()
  if (connection.includes('close')) return false
  return exchange.httpVersionMinor >= 1 || connection.includes('keep-alive')
}

function subjectText(subject: Readonly<Record<string, string | string[]>> | undefined): string | undefined {
  if (subject === undefined) return undefined
  const parts = Object.entries(subject).flatMap(([key, value]) =>
    [value].flat().map((one) => `${key}=${one}`),
  )
  return parts.length === 0 ? undefined : parts.reverse().join(',')
}
