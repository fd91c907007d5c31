/** Raw HTTP requests whose every header is the test's own: `fetch` would forbid or add some. */

import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'

export interface RawReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface RawRequest {
  readonly port: number
  readonly method?: string
  readonly path?: string
  /** Without `host` the loopback one is sent. A flat list sends names twice. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[]
  readonly body?: string
  /** The address to connect to. @default 127.0.0.1 */
  readonly address?: string
  /** Connect from this address of the machine. */
  readonly localAddress?: string
  /** Over TLS, whoever signed the certificate. */
  readonly secure?: boolean
  /** Connect to this unix socket instead. */
  readonly socketPath?: string
}

export function request(options: RawRequest): Promise<RawReply> {
  const {
    port,
    method = 'GET',
    path = '/',
    headers = {},
    body,
    address = '127.0.0.1',
    localAddress,
    secure = false,
    socketPath,
  } = options
  const sent = Array.isArray(headers)
    ? headers
    : Object.entries({ host: `localhost:${port}`, ...headers }).flat()
  return new Promise((resolve, reject) => {
    const req = (secure ? https : http).request(
      {
        host: address,
        rejectUnauthorized: false,
        socketPath,
        port,
        method,
        path,
        headers: sent as never,
        setHost: false,
        agent: false,
        localAddress,
      },
      (res) => {
        let text = ''
        res.setEncoding('utf8')
        res.on('data', (chunk: string) => {
          text += chunk
        })
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }))
        res.on('error', reject)
      },
    )
    req.on('error', reject)
    req.end(body)
  })
}
