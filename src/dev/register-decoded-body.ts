/** Reads the body of a response that is being held, also where middleware has compressed it. */

import type { ServerResponse } from 'node:http'
import { decodedText } from '../http/decoded-text.ts'

/**
 * The body as text.
 * @param head the arguments of `writeHead`, which may have headers of their own
 * @throws where the body is not what its header says, or too large
 */
export function decodedBody(res: ServerResponse, head: readonly unknown[], body: Uint8Array): string {
  const encoding = headerIn(head.at(-1), 'content-encoding') ?? res.getHeader('content-encoding')
  return decodedText(body, encoding)
}

/** Node takes an object, a list of pairs, or names and values by turns. */
function headerIn(headers: unknown, name: string): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined
  const flat: readonly unknown[] = Array.isArray(headers) ? headers.flat() : Object.entries(headers).flat()
  const at = flat.findIndex((one, index) => index % 2 === 0 && String(one).toLowerCase() === name)
  return at < 0 ? undefined : flat[at + 1]
}
