/** Asks a server over one connection that is kept open, HTTP/1.1 or HTTP/2, and tells how the answer came. */

import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'

/** How an answer came. */
export interface Reply {
  /** 0 when there was none. */
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** The body as it came, compressed or not. */
  readonly raw: Buffer
  /** The connection or stream broke before the answer was complete. */
  readonly broken: boolean
}

type OnBody = (body: string) => void

/** One connection at a time. */
export interface Client {
  /** @param onBody called with the body so far, whenever more of it has come */
  get(
    path: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
    onBody?: OnBody,
  ): Promise<Reply>
  /** Asks and reads no more than the head of the answer; what it gives back ends that. */
  stall(path: string): Promise<() => void>
  /** TCP connections that were opened so far. */
  readonly connections: number
  close(): void
}

const TIMEOUT_MS = 15_000
const HTML = { accept: 'text/html' }

class Answer {
  status = 0
  headers: Readonly<Record<string, unknown>> = {}
  #body: Buffer[] = []
  readonly #onBody: OnBody | undefined

  constructor(onBody: OnBody | undefined) {
    this.#onBody = onBody
  }

  add(chunk: Buffer): void {
    this.#body.push(chunk)
    this.#onBody?.(Buffer.concat(this.#body).toString('utf8'))
  }

  reply(broken: boolean): Reply {
    const raw = Buffer.concat(this.#body)
    return {
      status: this.status,
      headers: this.headers,
      body: raw.toString('utf8'),
      raw,
      broken,
    }
  }
}

export type Protocol = 'http' | 'https' | 'http2'

export function openClient(port: number, protocol: Protocol): Client {
  return protocol === 'http2'
    ? new Http2Client(port)
    : new Http1Client(port, protocol === 'https' ? https : http)
}

class Http1Client implements Client {
  readonly #port: number
  readonly #module: typeof http | typeof https
  readonly #agent: http.Agent
  readonly #sockets = new Set<object>()

  constructor(port: number, module: typeof http | typeof https) {
    this.#port = port
    this.#module = module
    this.#agent = new module.Agent({ keepAlive: true, maxSockets: 1 })
  }

  get connections(): number {
    return this.#sockets.size
  }

  get(
    path: string,
    headers: Readonly<Record<string, string>> = HTML,
    method = 'GET',
    onBody?: OnBody,
  ): Promise<Reply> {
    return new Promise((resolve) => {
      const answer = new Answer(onBody)
      const end = (broken: boolean): void => resolve(answer.reply(broken))
      const options = {
        host: 'localhost',
        port: this.#port,
        path,
        method,
        headers,
        agent: this.#agent,
        timeout: TIMEOUT_MS,
        // The server's certificate is its own.
        rejectUnauthorized: false,
      }
      const req = this.#module.request(options, (res) => {
        answer.status = res.statusCode ?? 0
        answer.headers = res.headers
        res.on('data', (chunk: Buffer) => answer.add(chunk))
        res.on('end', () => end(false))
        res.on('error', () => end(true))
      })
      req.on('socket', (socket) => void this.#sockets.add(socket))
      req.on('error', () => end(true))
      req.on('timeout', () => req.destroy())
      req.end()
    })
  }

  stall(path: string): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const options = { host: 'localhost', port: this.#port, path, rejectUnauthorized: false, agent: false }
      const req = this.#module.get(options, (res) => {
        res.on('error', () => {})
        resolve(() => void res.destroy())
      })
      req.on('error', reject)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

class Http2Client implements Client {
  readonly #port: number
  #session: http2.ClientHttp2Session | undefined
  connections = 0

  constructor(port: number) {
    this.#port = port
  }

  /** The session, opened again when the server has closed it. */
  #open(): http2.ClientHttp2Session {
    if (this.#session === undefined || this.#session.closed || this.#session.destroyed) {
      this.#session = http2.connect(`http://localhost:${this.#port}`)
      this.#session.on('error', () => {})
      this.connections++
    }
    return this.#session
  }

  get(
    path: string,
    headers: Readonly<Record<string, string>> = HTML,
    method = 'GET',
    onBody?: OnBody,
  ): Promise<Reply> {
    return new Promise((resolve) => {
      const answer = new Answer(onBody)
      const stream = this.#open().request({ ':path': path, ':method': method, ...headers })
      stream.setTimeout(TIMEOUT_MS, () => stream.close())
      stream.on('response', (received) => {
        answer.status = Number(received[':status'])
        answer.headers = received
      })
      stream.on('data', (chunk: Buffer) => answer.add(chunk))
      stream.on('error', () => {})
      stream.on('close', () => resolve(answer.reply(stream.rstCode !== 0 || answer.status === 0)))
      stream.end()
    })
  }

  stall(path: string): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const stream = this.#open().request({ ':path': path })
      stream.on('response', () => resolve(() => stream.close(http2.constants.NGHTTP2_CANCEL)))
      stream.on('error', reject)
      stream.end()
    })
  }

  close(): void {
    this.#session?.destroy()
  }
}
