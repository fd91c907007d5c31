/** Keeps what is needed to make a failed request again: where it came in, and a copy of its body. */

import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { shared } from '../../core/shared.ts'

/** Most bytes kept of one body; a larger one is not kept at all. */
const MAX_BODY = 64 * 1024

/** Where a request came in. */
interface Entrance {
  /** The address and port of this server. */
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
}

interface Body {
  chunks: Buffer[]
  size: number
}

/** By request; an entry lives as long as that does, which for one that failed is as long as its error is kept. */
const kept = shared('replay-requests', () => ({
  bodies: new WeakMap<object, Body>(),
  entrances: new WeakMap<object, Entrance>(),
}))

/** Whether a request says that it has a body. Its headers are not read by name, which would sort them all. */
export function hasBody({ rawHeaders = [] }: Partial<IncomingMessage>): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === LENGTH.length && name.toLowerCase() === LENGTH) return rawHeaders[index + 1] !== '0'
    if (name.length === ENCODING.length && name.toLowerCase() === ENCODING) return true
  }
  return false
}

const LENGTH = 'content-length'
const ENCODING = 'transfer-encoding'

/**
 * Copies the body of a request as it comes, up to 64 KiB. A listener would make it flow before the application is
 * there; the parser hands each piece to `push`, and what passes through it is neither held up nor changed.
 */
export function keepBody(req: IncomingMessage): void {
  if (kept.bodies.has(req)) return
  const body: Body = { chunks: [], size: 0 }
  kept.bodies.set(req, body)
  const { push } = req
  req.push = function rocksolidPush(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (Buffer.isBuffer(chunk)) {
      body.size += chunk.length
      if (body.size > MAX_BODY) body.chunks = []
      // The parser may use its buffer again.
      else body.chunks.push(Buffer.from(chunk))
    }
    return Reflect.apply(push, req, [chunk, encoding]) as boolean
  }
}

/** Notes where a request came in: of one that has failed, since its socket forgets that when it closes. */
export function keepEntrance(req: IncomingMessage): void {
  const socket = req.socket as (TLSSocket & { readonly server?: Server }) | undefined
  if (!socket) return
  const { localAddress: host, localPort: port } = socket
  const isSecure = socket.encrypted === true
  if (host !== undefined && port !== undefined) kept.entrances.set(req, { host, port, isSecure })
  else {
    // It is closed already. An unix socket has a path here.
    const bound = socket.server?.address()
    if (isAddress(bound))
      kept.entrances.set(req, { host: reachable(bound.address), port: bound.port, isSecure })
  }
}

const isAddress = (bound: AddressInfo | string | null | undefined): bound is AddressInfo =>
  typeof bound === 'object' && bound !== null

/** An address of all interfaces is one to listen at, not to go to. */
const reachable = (address: string): string =>
  address === '::' ? '::1' : address === '0.0.0.0' ? '127.0.0.1' : address

/** Where the request came in; undefined for one that was not kept or came otherwise than over TCP. */
export const entranceOf = (req: IncomingMessage): Entrance | undefined => kept.entrances.get(req)

/** The whole body; empty for a request without one, undefined where it was not kept. */
export function bodyOf(req: IncomingMessage): Buffer | undefined {
  if (!hasBody(req)) return Buffer.alloc(0)
  const body = kept.bodies.get(req)
  if (body === undefined || body.size > MAX_BODY || !req.complete) return undefined
  return Buffer.concat(body.chunks)
}
