/** Answers a request that no route took: for who works on the server with the routes that are near. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { targetOf } from '../http/mount.ts'
import { answerNotFound, replaceResponse } from '../http/respond.ts'
import { routesOf } from './story/routes-of.ts'

/** `isTrusted` tells whether the sender may see the routes; others get what Express would answer. Never throws. */
export function answerNearRoutes(
  req: IncomingMessage,
  res: ServerResponse,
  isTrusted: (req: IncomingMessage) => boolean,
): void {
  const routes = routesOf(req)
  if (routes.length === 0 || !isTrusted(req)) {
    answerNotFound(req, res)
    return
  }
  import('./pages/not-found-page.ts')
    .then(({ notFoundAnswer }) => {
      const answer = notFoundAnswer(req, pathOf(req), routes)
      if (answer === undefined || !replaceResponse(req, res, answer)) answerNotFound(req, res)
    })
    .catch(() => answerNotFound(req, res))
}

function pathOf(req: IncomingMessage): string {
  return targetOf(req).split('?', 1)[0] ?? '/'
}
