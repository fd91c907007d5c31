/** Fields of the request as it came. */

import { basicUser } from '../http/basic-user.ts'
import { type Exchange, NEEDS } from '../http/exchange.ts'
import { headerFinder, parsedHeader, requestHeader, requestTrailer } from '../http/raw-headers.ts'
import { requestIdOf, traceIdsOf } from '../http/request-ids.ts'
import { type Field, isToken, simple } from './field.ts'
import type { Masker } from './mask.ts'
import { cookie, parameter, percentDecoded } from './request-parts.ts'

/** What Express and connect put on a request. */
interface RoutedRequest {
  readonly baseUrl?: string
}

const pathOf = (url: string): string => {
  const question = url.indexOf('?')
  return question < 0 ? url : url.slice(0, question)
}

const queryOf = (url: string): string => {
  const question = url.indexOf('?')
  return question < 0 ? '' : url.slice(question)
}

/** The protocol of a request as it stands in a request line: `HTTP/1.1`. */
export const protocolOf = (exchange: Exchange): string =>
  exchange.httpVersionMajor === 1 && exchange.httpVersionMinor === 1
    ? 'HTTP/1.1'
    : `HTTP/${exchange.httpVersionMajor}.${exchange.httpVersionMinor}`

/** Nothing of the request could be parsed. */
const hasNoLine = ({ method, url }: Exchange): boolean => method === '' && url === ''

const HEADER_NAME = {
  about: 'name of the header, in any letter case',
  required: true,
  check: isToken,
} as const

export const REQUEST_FIELDS: readonly Field[] = [
  simple('method', 'Method, as received.', (exchange) => exchange.method),
  {
    name: 'url',
    about: 'Target of the request as received, with its query; secrets masked.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        mask.url(exchange.url),
    bindPieces: (_argument, { mask }, { safe, tail }) => {
      const url = safe(mask.url, tail)
      return [{ text: (exchange) => url(exchange.url), varies: true }]
    },
  },
  {
    name: 'final-url',
    varies: true,
    about: 'Target of the request after middleware has rewritten it (`req.url` at the end).',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        mask.url(exchange.req.url ?? ''),
  },
  {
    name: 'path',
    varies: true,
    about: 'Target of the request without its query, as received.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        mask.url(pathOf(exchange.url)),
  },
  {
    name: 'decoded-path',
    varies: true,
    about: "Path with `%xx` decoded, as Apache's `%U` shows it; what cannot be decoded stays.",
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        percentDecoded(mask.url(pathOf(exchange.url))),
  },
  {
    name: 'final-path',
    varies: true,
    about: 'Path with `%xx` decoded after middleware has rewritten it.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        percentDecoded(mask.url(pathOf(exchange.req.url ?? ''))),
  },
  {
    name: 'query',
    varies: true,
    about: 'Query with its `?`; empty when there is none; secrets masked.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        mask.url(queryOf(exchange.url)),
  },
  {
    name: 'args',
    varies: true,
    about: 'Query without its `?`; missing when there is none; secrets masked.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        mask.url(queryOf(exchange.url)).slice(1) || undefined,
  },
  simple('is-args', '`?` when there is a query, else empty.', (exchange) =>
    queryOf(exchange.url).length > 1 ? '?' : '',
  ),
  {
    name: 'arg',
    varies: true,
    about: 'One parameter of the query, as received; secrets masked.',
    argument: { about: 'name of the parameter', required: true },
    bind:
      (argument = '', { mask }) =>
      (exchange) =>
        parameter(mask.url(queryOf(exchange.url)), argument),
  },
  {
    name: 'request-line',
    about: 'Method, target and protocol, as in the first line of the request; secrets masked.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        hasNoLine(exchange)
          ? undefined
          : `${exchange.method} ${mask.url(exchange.url)} ${protocolOf(exchange)}`,
    bindPieces: (_argument, { mask }, { safe, absent, tail }) => {
      const [method, url] = [safe((text) => text, ' '), safe(mask.url)]
      const usual = ` HTTP/1.1${tail}`
      return [
        { text: (exchange) => (hasNoLine(exchange) ? absent : method(exchange.method)) },
        { text: (exchange) => url(exchange.url), varies: true },
        {
          text: (exchange) => {
            const protocol = protocolOf(exchange)
            if (hasNoLine(exchange)) return ''
            return protocol === 'HTTP/1.1' ? usual : ` ${protocol}${tail}`
          },
        },
      ]
    },
  },
  {
    name: 'final-request-line',
    varies: true,
    about: 'The request line after middleware has rewritten method or target.',
    bind:
      (_argument, { mask }) =>
      (exchange) =>
        `${exchange.req.method} ${mask.url(exchange.req.url ?? '')} ${protocolOf(exchange)}`,
  },
  simple('protocol', 'Protocol and version, such as `HTTP/1.1`.', protocolOf),
  simple(
    'http-version',
    'Version of the protocol, such as `1.1`.',
    (exchange) => `${exchange.httpVersionMajor}.${exchange.httpVersionMinor}`,
  ),
  simple(
    'host',
    'Host that the client asked for, without port, in lower case.',
    (exchange) => hostOf(exchange)?.name,
  ),
  simple(
    'host-port',
    'Port that the client asked for; the local port when it named none.',
    (exchange) => hostOf(exchange)?.port ?? exchange.connection.localPort,
  ),
  {
    name: 'remote-user',
    about:
      'User name of Basic credentials; their password is never read. Empty when the client sent an empty name.',
    bind: () => (exchange) => basicUser(exchange),
  },
  {
    name: 'referrer',
    about: 'The header Referer, or Referrer; secrets masked.',
    bind:
      (_argument, { mask }) =>
      (exchange) => {
        const value = requestHeader(exchange, 'referer') ?? requestHeader(exchange, 'referrer')
        return value === undefined ? undefined : mask.url(value)
      },
  },
  simple('user-agent', 'The header User-Agent.', (exchange) => requestHeader(exchange, 'user-agent')),
  {
    name: 'req',
    about: 'A header of the request; several of one name joined with `, `; secrets masked.',
    argument: HEADER_NAME,
    bind: (argument = '', { mask }) => {
      const name = argument.toLowerCase()
      return headerReader(name, headerMask(name, mask))
    },
    bindPieces: (argument = '', { mask }, { safe, absent, tail }) => {
      const name = argument.toLowerCase()
      const read = headerReader(name, safe(headerMask(name, mask), tail))
      return [{ text: (exchange) => read(exchange) ?? absent }]
    },
  },
  {
    name: 'req-trailer',
    about: 'A trailer that came after the body of the request.',
    argument: { about: 'name of the trailer, in any letter case', required: true, check: isToken },
    bind: (argument = '', { mask }) => {
      const name = argument.toLowerCase()
      const masked = mask.header(name)
      return (exchange) => {
        const value = requestTrailer(exchange, name)
        return value === undefined ? undefined : masked(value)
      }
    },
  },
  {
    name: 'cookie',
    about: 'A cookie of the request; those that look like a login are masked.',
    argument: { about: 'name of the cookie, in any letter case', required: true, check: isToken },
    bind: (argument = '', { mask }) => {
      const name = argument.toLowerCase()
      const masked = mask.cookie(name)
      return (exchange) => {
        const value = cookie(requestHeader(exchange, 'cookie') ?? '', name)
        return value === undefined ? undefined : masked(value)
      }
    },
  },
  simple(
    'request-bytes',
    "Bytes of the request's body that reached the application.",
    (exchange) => exchange.requestBodyBytes,
    { needs: NEEDS.requestBody, plain: true, varies: true },
  ),
  simple(
    'request-id',
    '`req.id` when the application has set it, else a readable header X-Request-Id, else a random id, the same as in the records of the request logger.',
    (exchange) => requestIdOf(exchange.req, exchange),
    { varies: true },
  ),
  simple(
    'trace-id',
    'Trace id of the header traceparent (W3C Trace Context).',
    (one) => traceIdsOf(one)?.traceId,
    { varies: true },
  ),
  simple(
    'span-id',
    'Parent span id of the header traceparent (W3C Trace Context).',
    (one) => traceIdsOf(one)?.spanId,
    { varies: true },
  ),
  {
    name: 'path-info',
    varies: true,
    about: 'Path below the mount point, with `%xx` decoded.',
    bind:
      (_argument, { mask }) =>
      (exchange) => {
        const path = pathOf(exchange.url)
        const { baseUrl = '' } = exchange.req as RoutedRequest
        return percentDecoded(
          mask.url(baseUrl !== '' && path.startsWith(baseUrl) ? path.slice(baseUrl.length) : path),
        )
      },
  },
  simple('auth-type', 'Scheme of the header Authorization, such as `Basic`.', (exchange) => {
    const scheme = /^ *([A-Za-z0-9-]+)(?: |$)/.exec(requestHeader(exchange, 'authorization') ?? '')
    return scheme?.[1]
  }),
]

function headerMask(name: string, mask: Masker): (text: string) => string {
  return name.startsWith('refer') ? mask.url : mask.header(name)
}

function headerReader(
  name: string,
  change: (text: string) => string,
): (exchange: Exchange) => string | undefined {
  const find = headerFinder(name)
  return (exchange) => {
    const value = find(exchange) ?? parsedHeader(exchange.headers, name)
    return value === undefined ? undefined : change(value)
  }
}

/** Host and port of the Host header, of `:authority`, or of a target with a host. */
export function hostOf(
  exchange: Exchange,
): { readonly name: string; readonly port: number | undefined } | undefined {
  const text = requestHeader(exchange, 'host')
  if (text === undefined || text === '') return undefined
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text)
  if (match === null) return { name: text.toLowerCase(), port: undefined }
  return { name: (match[1] ?? '').toLowerCase(), port: match[2] === undefined ? undefined : Number(match[2]) }
}
