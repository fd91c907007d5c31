/**
 * The overlay in requests of Node's kind: answers the page's own ones, puts the script into pages, and tells pages of
 * what they would not see: errors of background requests, and of answers that had begun.
 */

import type { IncomingMessage } from 'node:http'
import { failuresOf, onFailure } from '../../http/failures.ts'
import { targetOf } from '../../http/mount.ts'
import type { Intercept } from '../child/connections.ts'
import { injectInto } from './inject.ts'
import { isForOverlay, nameOfRequest, type Overlay } from './overlay.ts'
import { UNASKED, wantsDocument } from './page.ts'

/** What is asked before the application for each request; without an overlay, every request is the application's. */
export function interceptFor(overlay: Overlay | undefined): Intercept {
  if (overlay === undefined) return () => false
  return (req, res) => {
    if (isForOverlay(req.url ?? '')) {
      import('./routes.ts')
        .then(({ serveOverlay }) => serveOverlay(overlay.context, req, res))
        .catch(() => res.destroy())
      return true
    }
    onFailure(req, (error) => {
      overlay.isOfRequest(error)
      if (res.headersSent) overlay.brokeOff(error, nameOf(req))
      return false
    })
    const isDocument = wantsDocument(req)
    res.once('close', () => {
      // A document shows its failure itself, if it was answered.
      if (isDocument && res.headersSent) return
      const answer = res.headersSent
        ? { status: res.statusCode, debugUrl: res.getHeader('x-debug-url') }
        : undefined
      const errors = failuresOf(req)
      overlay.failed(nameOf(req), answer, errors.length > 0 ? { value: errors[0] } : undefined)
    })
    if (!isDocument) return false
    for (const name of UNASKED) delete req.headers[name]
    injectInto(res, (nonce) => overlay.tag(req.method ?? 'GET', nonce))
    return false
  }
}

/** As the client sent it, also where a framework has mounted the handler elsewhere. */
const nameOf = (req: IncomingMessage): string => nameOfRequest(req.method, targetOf(req))
