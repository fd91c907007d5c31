/**
 * Answers of the fetch kind: the overlay's own, and pages of the application with the tag in them. Loaded with the
 * first such request.
 */

import { peerOf } from '../../adapters/fetch.ts'
import { FetchResponse, fetchRequest } from '../../adapters/fetch-exchange.ts'
import { permissionFor, SWITCH, TagInPage } from './page.ts'
import { type OverlayContext, serveOverlay } from './routes.ts'

/** What Bun hands to a handler. */
interface BunServer {
  readonly timeout?: (request: Request, seconds: number) => void
}

/** Answers a request for the overlay; `rest` is what the runtime hands to a handler. */
export async function answerOverlay(
  context: OverlayContext,
  request: Request,
  rest: readonly unknown[],
): Promise<Response> {
  // A stream of events is silent most of the time.
  if (request.method === 'GET') (rest[0] as BunServer | undefined)?.timeout?.(request, 0)
  const res = new StreamedResponse(request.method)
  serveOverlay(context, fetchRequest(request, peerOf(request, ...rest)), res.asNode).catch(() =>
    res.destroy(),
  )
  return res.begun
}

/**
 * The response with the tag in it where it is a page; else as it is. Status, headers and cookies stay, the length does
 * not. The body is read as fast as it is taken.
 */
export function withTag(
  response: Response,
  tagOf: (nonce: string | undefined) => string,
  onError: (error: unknown) => void,
): Response {
  const permission = permissionFor(response.status, (name) => response.headers.get(name))
  const isSwitched = response.headers.has(SWITCH)
  if (response.bodyUsed || (permission === undefined && !isSwitched)) return response
  const { status, statusText } = response
  const headers = new Headers(response.headers)
  headers.delete(SWITCH)
  if (permission === undefined) return new Response(response.body, { status, statusText, headers })
  headers.delete('content-length')
  const body = tagged(response.body, new TagInPage(tagOf(permission.nonce)), onError)
  return new Response(body, { status, statusText, headers })
}

function tagged(
  body: ReadableStream<Uint8Array> | null,
  tag: TagInPage,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body?.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(to) {
        try {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
          if (!done) {
            // Bun lets strings through.
            to.enqueue(tag.pass(typeof value === 'string' ? Buffer.from(value) : value))
            return
          }
          const rest = tag.rest()
          if (rest !== undefined) to.enqueue(rest)
          to.close()
        } catch (error) {
          onError(error)
          to.error(error)
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** The response with a body that tells when it breaks off by itself. It is read as fast as it is taken. */
export function withHeardBody(response: Response, onError: (error: unknown) => void): Response {
  const { status, statusText, headers } = response
  const reader = response.body?.getReader()
  let isWanted = true
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(to) {
        try {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
          if (done) to.close()
          else to.enqueue(value)
        } catch (error) {
          // Who went away is not told why the rest cannot be had.
          if (isWanted) onError(error)
          to.error(error)
        }
      },
      cancel(reason) {
        isWanted = false
        return reader?.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status, statusText, headers })
}

/** Sends what is written at once; {@link FetchResponse} keeps it until the end. */
class StreamedResponse extends FetchResponse {
  #settle: (response: Response) => void = () => {}
  #to: ReadableStreamDefaultController<Uint8Array> | undefined
  /** When the head is known. */
  readonly begun = new Promise<Response>((resolve) => {
    this.#settle = resolve
  })

  override writeHead(status = this.statusCode, headers: Readonly<Record<string, string>> = {}): this {
    this.statusCode = status
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value)
    return this
  }

  override write(chunk: Uint8Array | string): boolean {
    if (this.destroyed || this.writableEnded) return false
    if (!this.headersSent) {
      this.headersSent = true
      const body = new ReadableStream<Uint8Array>({
        start: (to) => {
          this.#to = to
        },
        cancel: () => {
          this.#to = undefined
          this.destroy()
        },
      })
      this.#settle(new Response(body, this.#head()))
    }
    this.#to?.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    return true
  }

  override end(chunk?: Uint8Array | string): this {
    if (this.destroyed || this.writableEnded) return this
    if (this.headersSent) {
      if (chunk !== undefined) this.write(chunk)
      this.#to?.close()
    } else {
      const body = typeof chunk === 'string' ? chunk : chunk && new Uint8Array(chunk)
      this.#settle(new Response(body ?? null, this.#head()))
    }
    this.headersSent = true
    this.writableEnded = true
    this.#to = undefined
    return this.destroy()
  }

  override destroy(): this {
    if (this.destroyed) return this
    super.destroy()
    if (!this.headersSent) this.#settle(new Response(null, { status: 500 }))
    this.headersSent = true
    const to = this.#to
    this.#to = undefined
    to?.error(new Error('The answer was broken off'))
    return this
  }

  #head(): ResponseInit {
    const headers = Object.entries(this.getHeaders()).map(([name, value]): [string, string] => [
      name,
      String(value),
    ])
    return { status: this.statusCode, headers }
  }
}
