/** Any server that is a function from `Request` to `Response`: `Bun.serve`, `Deno.serve`, workers, srvx. */

import type { IncomingMessage } from 'node:http'
import { checkArgument, isFunction } from '../core/options.ts'
import { type Adapter, type AdapterOptions, openAdapter } from './adapter.ts'
import { FetchResponse, fetchRequest, type Peer } from './fetch-exchange.ts'

/** A handler of the fetch kind; what follows the request is the runtime's own. */
export type FetchHandler<Rest extends readonly unknown[], Answer> = (
  request: Request,
  ...rest: Rest
) => Answer | Promise<Answer>

/** Options of {@link rocksolid}. */
export interface FetchOptions extends AdapterOptions {
  /** Tells the address of the client. Default: what Bun, Deno and @hono/node-server hand to a handler. */
  readonly peer?: (request: Request, ...rest: readonly unknown[]) => Peer
}

/**
 * Access log, debugger and request logger around a handler of the fetch kind:
 * `Bun.serve({ fetch: rocksolid(handler, { debugger: createDebugger() }) })`. Without a debugger, what the handler
 * throws goes on to the runtime.
 * @throws {ConfigError} for a handler that is no function, or a wrong option
 */
export function rocksolid<Rest extends readonly unknown[], Answer extends Response | undefined>(
  handler: FetchHandler<Rest, Answer>,
  options: FetchOptions = {},
): (request: Request, ...rest: Rest) => Promise<Answer | Response> {
  checkArgument('fetch', 'the handler', handler, isFunction)
  const { peer = peerOf, ...rest } = options
  const adapter = openAdapter('fetch', rest)
  return function rocksolidFetch(request, ...more) {
    const req = fetchRequest(request, peer(request, ...more), ...more)
    return handle(adapter, req, () => handler(request, ...more))
  }
}

async function handle<Answer extends Response | undefined>(
  adapter: Adapter,
  req: IncomingMessage,
  work: () => Answer | Promise<Answer>,
): Promise<Answer | Response> {
  const res = new FetchResponse(req.method ?? 'GET')
  let isOurs = true
  try {
    const answer = await adapter.run(req, res.asNode, () => {
      isOurs = false
      return work()
    })
    if (isOurs) return await res.answered
    // Bun takes undefined for "this connection is a websocket now".
    if (answer === undefined) res.destroy()
    return answer === undefined ? (answer as Answer) : res.follow(answer)
  } catch (error) {
    if (adapter.fail(error, req, res.asNode) !== false) return await res.answered
    res.destroy()
    throw error
  }
}

/** The address of the client, from what runtimes hand to a handler beside the request. */
export function peerOf(request: Request, ...rest: readonly unknown[]): Peer {
  const [first] = rest as readonly [Readonly<Record<string, unknown>> | undefined]
  const bun = first as { requestIP?: (request: Request) => Peer | null } | undefined
  if (typeof bun?.requestIP === 'function') return bun.requestIP(request) ?? NOBODY
  const deno = first?.remoteAddr as { hostname?: string; port?: number } | undefined
  if (typeof deno?.hostname === 'string') return { address: deno.hostname, port: deno.port }
  const node = first?.incoming as IncomingMessage | undefined
  if (node?.socket !== undefined) return { address: node.socket.remoteAddress, port: node.socket.remotePort }
  return NOBODY
}

const NOBODY: Peer = { address: undefined }
