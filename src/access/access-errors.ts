/** Error middleware that lets the access log know why Express answers with a 500. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { noteFailure } from '../http/failures.ts'
import type { Next } from '../http/handler.ts'

/**
 * `app.use(accessErrors())` after the routes: notes the error of the request and passes it on unchanged.
 * Not needed where the debugger or the logger of this package already sees the errors of the app.
 */
export function accessErrors(): (
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  next: Next,
) => void {
  return function rocksolidAccessErrors(error, req, _res, next) {
    noteFailure(req, error)
    next(error)
  }
}
