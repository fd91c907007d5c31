/** Hears when the header of a response is about to be written. */

import type { ServerResponse } from 'node:http'

type WriteHead = (this: unknown, ...args: unknown[]) => unknown

/** Calls `listener` once, before the header is written, explicitly or by the first bytes of the body. */
export function noteHeaders(res: ServerResponse, listener: () => void): void {
  const target = res as unknown as { writeHead: WriteHead }
  const { writeHead } = target
  let noted = false
  target.writeHead = function writeHeadNoted(this: unknown, ...args) {
    if (!noted) {
      noted = true
      listener()
    }
    return writeHead.apply(this, args)
  }
}
