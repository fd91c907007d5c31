/** The overlay in requests of the fetch kind, of `Bun.serve` and `Deno.serve`; see intercept.ts for Node's. */

import { isForOverlay, nameOfRequest, type Overlay } from './overlay.ts'
import { UNASKED, wantsDocument } from './page.ts'

type Handler = (this: unknown, request: Request, ...rest: unknown[]) => unknown

/** Two layers, since a debugger between them answers what the application throws. */
export interface AroundFetch {
  /** Around the application alone. */
  readonly inner: (handler: Handler) => Handler
  /** Around that, where bodies are read by a part further out in any case: hears of those that break off. */
  readonly bodies: (handler: Handler) => Handler
  /** Around everything. */
  readonly outer: (handler: Handler) => Handler
}

/** The layers of one server; without an overlay they are none. */
export function aroundFetch(overlay: Overlay | undefined): AroundFetch {
  if (overlay === undefined) return { inner: asItIs, bodies: asItIs, outer: asItIs }
  const told = new WeakSet<object>()
  const brokeOff = (error: unknown, origin: string): void => {
    if (typeof error === 'object' && error !== null) {
      if (told.has(error)) return
      told.add(error)
    }
    overlay.isOfRequest(error)
    overlay.brokeOff(error, origin)
  }
  const thrown = new WeakMap<Request, { readonly value: unknown }>()
  return {
    inner: (handler) =>
      async function (request, ...rest) {
        try {
          return await handler.call(this, request, ...rest)
        } catch (error) {
          thrown.set(request, { value: error })
          overlay.isOfRequest(error)
          throw error
        }
      },
    bodies: (handler) =>
      async function (request, ...rest) {
        const answer: unknown = await handler.call(this, request, ...rest)
        if (!(answer instanceof Response) || answer.body === null || answer.bodyUsed) return answer
        const { withHeardBody } = await import('./fetch-answers.ts')
        return withHeardBody(answer, (error) => brokeOff(error, nameOf(request)))
      },
    outer: (handler) =>
      async function (request, ...rest) {
        if (isForOverlay(new URL(request.url).pathname)) {
          const { answerOverlay } = await import('./fetch-answers.ts')
          return answerOverlay(overlay.context, request, rest)
        }
        const asked = { method: request.method, headers: Object.fromEntries(request.headers) }
        const isDocument = wantsDocument(asked)
        if (isDocument) hideFrom(request)
        const origin = nameOf(request)
        let answer: unknown
        try {
          answer = await handler.call(this, request, ...rest)
        } catch (error) {
          // The runtime makes an answer of it.
          if (!isDocument) overlay.failed(origin, undefined, { value: error })
          throw error
        }
        if (!(answer instanceof Response)) return answer
        if (isDocument) {
          const tagOf = (nonce: string | undefined): string => overlay.tag(request.method, nonce)
          const { withTag } = await import('./fetch-answers.ts')
          return withTag(answer, tagOf, (error) => brokeOff(error, origin))
        }
        const { status, headers } = answer
        if (status >= 500)
          overlay.failed(origin, { status, debugUrl: headers.get('x-debug-url') }, thrown.get(request))
        return answer
      },
  }
}

const asItIs = (handler: Handler): Handler => handler

function nameOf({ method, url }: Request): string {
  const { pathname, search } = new URL(url)
  return nameOfRequest(method, pathname + search)
}

/** The request stays the same object, which runtimes know others by: the address of the client, an upgrade. */
function hideFrom(request: Request): void {
  try {
    const headers = new Headers(request.headers)
    for (const name of UNASKED) headers.delete(name)
    Object.defineProperty(request, 'headers', { value: headers, configurable: true })
  } catch {
    // Then what is compressed is left alone.
  }
}
