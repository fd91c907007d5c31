/** Keeps what is needed to make a failed request again: where it came in, and a copy of its body. */

import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { shared } from '../../core/shared.ts'

/** Most bytes kept of one body; a larger one is not kept at all. */
const MAX_BODY = 64 * 1024

interface Kept {
  /** The address and port of this server that it came to; a socket forgets them when it closes. */
  readonly host: string | undefined
  readonly port: number | undefined
  readonly isSecure: boolean
  chunks: Buffer[]
  size: number
}

/** By request; an entry lives as long as that does, which for one that failed is as long as its error is kept. */
const requests = shared('replay-requests', () => new WeakMap<object, Kept>())

/**
 * Notes where the request came in, and copies its body as it comes, up to 64 KiB. A listener would make it flow before the application is there; the
 * parser hands each piece to `push`, and what passes through it is neither held up nor changed.
 */
export function keepRequest(req: IncomingMessage): void {
  if (requests.has(req)) return
  const { localAddress: host, localPort: port } = req.socket
  const isSecure = (req.socket as TLSSocket).encrypted === true
  const kept: Kept = { host, port, isSecure, chunks: [], size: 0 }
  requests.set(req, kept)
  if (!hasBody(req)) return
  const { push } = req
  req.push = function rocksolidPush(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (Buffer.isBuffer(chunk)) {
      kept.size += chunk.length
      if (kept.size > MAX_BODY) kept.chunks = []
      // The parser may use its buffer again.
      else kept.chunks.push(Buffer.from(chunk))
    }
    return Reflect.apply(push, req, [chunk, encoding]) as boolean
  }
}

/** Where the request came in; undefined for one that was not kept or came otherwise than over TCP. */
export function entranceOf(
  req: IncomingMessage,
): { readonly host: string; readonly port: number; readonly isSecure: boolean } | undefined {
  const { host, port, isSecure = false } = requests.get(req) ?? {}
  return host === undefined || port === undefined ? undefined : { host, port, isSecure }
}

/** The whole body; empty for a request without one, undefined where it was not kept. */
export function bodyOf(req: IncomingMessage): Buffer | undefined {
  if (!hasBody(req)) return Buffer.alloc(0)
  const kept = requests.get(req)
  if (kept === undefined || kept.size > MAX_BODY || !req.complete) return undefined
  return Buffer.concat(kept.chunks)
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
