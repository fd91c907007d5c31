/**
 * A `Request` and the `Response` to it in the shape of Node's, for servers of the fetch kind: enough for the access
 * log to measure, and for the debugger to answer. Backpressure stays: a body is read only as fast as it is taken.
 */

import { EventEmitter } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { exchangeOf } from '../http/exchange.ts'
import { takenOff } from '../http/mount.ts'

/** Where a request comes from; undefined where the runtime does not tell. */
export interface Peer {
  readonly address: string | undefined
  readonly port?: number | undefined
}

/** @param rest what the runtime hands to a handler beside the request: on Node, where it came from in full */
export function fetchRequest(request: Request, peer: Peer, ...rest: readonly unknown[]): IncomingMessage {
  return new FetchRequest(request, peer, originalIn(rest[0])) as unknown as IncomingMessage
}

/** The target that Node's server got, of a request that was made anew for a mount. */
function originalIn(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as { readonly incoming?: { url?: unknown; originalUrl?: unknown } }
  const original = incoming?.originalUrl ?? incoming?.url
  return typeof original === 'string' ? original : undefined
}

class FetchRequest extends Readable {
  readonly method: string
  readonly url: string
  /** As Express and connect name it. */
  declare readonly originalUrl?: string
  readonly headers: Record<string, string> = {}
  readonly rawHeaders: string[] = []
  readonly trailers = {}
  readonly rawTrailers: readonly string[] = []
  readonly httpVersion = '1.1'
  readonly httpVersionMajor = 1
  readonly httpVersionMinor = 1
  readonly socket: object
  readonly #request: Request
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(request: Request, { address, port }: Peer, original: string | undefined) {
    super()
    const { host, pathname, search, protocol } = new URL(request.url)
    this.method = request.method
    this.url = pathname + search
    if (original !== undefined && takenOff(original, this.url) !== '') this.originalUrl = original
    this.#request = request
    request.headers.forEach((value, name) => {
      this.headers[name] = value
      this.rawHeaders.push(name, value)
    })
    this.headers.host ??= host
    this.socket = { remoteAddress: address, remotePort: port, encrypted: protocol === 'https:' }
  }

  /** Nothing of the body is touched unless somebody reads here. */
  override _read(): void {
    this.#reader ??= this.#request.body?.getReader()
    if (this.#reader === undefined) {
      this.push(null)
      return
    }
    this.#reader.read().then(
      ({ done, value }) => this.push(done ? null : value),
      (error: Error) => this.destroy(error),
    )
  }
}

/** Stands for Node's response. It ends when the response of the application has been taken, or was answered here. */
export class FetchResponse extends EventEmitter {
  statusCode = 200
  statusMessage = ''
  headersSent = false
  writableEnded = false
  writableFinished = false
  finished = false
  destroyed = false
  closed = false
  readonly socket = null
  readonly #method: string
  readonly #headers = new Map<string, readonly string[]>()
  readonly #body: Uint8Array[] = []
  #settle: (response: Response) => void = () => {}
  /** What was answered through Node's methods. */
  readonly answered = new Promise<Response>((resolve) => {
    this.#settle = resolve
  })

  /** @param method of the request it is for */
  constructor(method: string) {
    super()
    this.#method = method
  }

  /** In the type that everything else of this package takes. */
  get asNode(): ServerResponse {
    return this as unknown as ServerResponse
  }

  setHeader(name: string, value: number | string | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), Array.isArray(value) ? value : [String(value)])
    return this
  }

  getHeader(name: string): string | readonly string[] | undefined {
    const values = this.#headers.get(name.toLowerCase())
    return values?.length === 1 ? values[0] : values
  }

  getHeaders(): OutgoingHttpHeaders {
    return Object.fromEntries([...this.#headers].map(([name, values]) => [name, [...values]]))
  }

  getHeaderNames(): string[] {
    return [...this.#headers.keys()]
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase())
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  /** The header is known: who measures has put a watch of its own here. */
  writeHead(): this {
    this.headersSent = true
    return this
  }

  write(chunk: Uint8Array | string): boolean {
    if (!this.headersSent) this.writeHead()
    this.#body.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    return true
  }

  end(chunk?: Uint8Array | string): this {
    if (chunk !== undefined) this.write(chunk)
    const headers = [...this.#headers].flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    )
    const { statusCode: status } = this
    const isEmpty = status === 204 || status === 304
    const body = isEmpty ? null : new Uint8Array(Buffer.concat(this.#body))
    if (!this.headersSent) this.writeHead()
    this.writableEnded = true
    // Whoever counts the bytes of this call does so when it returns.
    queueMicrotask(() => this.#finish())
    this.#settle(new Response(body, { status, headers }))
    return this
  }

  destroy(): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.#close()
    this.#settle(new Response(null, { status: 500 }))
    return this
  }

  /** The response of the application, observed until its body has been taken or given up. */
  follow(response: Response): Response {
    this.statusCode = response.status
    this.statusMessage = response.statusText
    response.headers.forEach((value, name) => {
      this.setHeader(name, value)
    })
    this.writeHead()
    // Nobody takes the body of an answer to HEAD, nor gives it up.
    if (response.body === null || response.status < 200 || this.#method === 'HEAD') {
      this.#finish()
      return response
    }
    const { status, statusText, headers } = response
    return new Response(this.#counted(response.body.getReader()), { status, statusText, headers })
  }

  #counted(reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
    const body = this.#body
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read()
            if (done) {
              this.#finish()
              controller.close()
              return
            }
            // Through the method, where the access log counts; nothing of it is kept.
            this.write(value)
            body.length = 0
            controller.enqueue(value)
          } catch (error) {
            this.destroy()
            controller.error(error)
          }
        },
        cancel: async (reason) => {
          const exchange = exchangeOf(this)
          if (exchange !== undefined) exchange.forcedOutcome = 'aborted'
          this.destroy()
          await reader.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
  }

  #finish(): void {
    this.writableEnded = true
    this.writableFinished = true
    this.finished = true
    this.emit('finish')
    this.#close()
  }

  #close(): void {
    if (this.closed) return
    this.closed = true
    this.emit('close')
  }
}
