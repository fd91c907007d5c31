/**
 * The header as it went over the wire, read after the fact: also what Node added by itself (Date, Connection,
 * an implicit Content-Length), which `res.getHeader` does not know.
 */

import type { ServerResponse } from 'node:http'

/** What Node keeps of a response beside its public interface; each is looked at only when it is there. */
interface SentResponse {
  readonly _header?: string | null
  readonly _trailer?: string
  readonly stream?: {
    readonly sentHeaders?: Record<string, unknown>
    readonly sentTrailers?: Record<string, unknown>
  }
}

/** All values of a response header that was sent, in order; empty when it was not sent. `name` in lower case. */
export function sentHeader(res: ServerResponse, name: string): readonly string[] {
  const { _header: block, stream } = res as unknown as SentResponse
  if (stream?.sentHeaders !== undefined) return valuesOf(stream.sentHeaders[name])
  if (typeof block === 'string') return linesNamed(block, name)
  if (!res.headersSent) return []
  return valuesOf(res.getHeader(name))
}

/** All values of a trailer that was sent after the body; empty when there was none. `name` in lower case. */
export function sentTrailer(res: ServerResponse, name: string): readonly string[] {
  const { _trailer: block, stream } = res as unknown as SentResponse
  if (stream !== undefined) return valuesOf(stream.sentTrailers?.[name])
  return typeof block === 'string' ? linesNamed(block, name) : []
}

/** Bytes of the status line and header; Node writes them as latin1, one byte for a character. */
export function sentHeaderBytes(res: ServerResponse): number {
  return (res as unknown as SentResponse)._header?.length ?? 0
}

/** The status that was sent; undefined while no header was. `stream` is the HTTP/2 stream below the response. */
export function sentStatus(res: ServerResponse, stream: object | undefined): number | undefined {
  if (stream !== undefined) {
    const status = (stream as { sentHeaders?: Record<string, unknown> }).sentHeaders?.[':status']
    if (typeof status === 'number') return status
  }
  return res.headersSent ? res.statusCode : undefined
}

function valuesOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

function linesNamed(block: string, name: string): string[] {
  const values: string[] = []
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon === name.length && line.slice(0, colon).toLowerCase() === name)
      values.push(line.slice(colon + 1).trim())
  }
  return values
}
