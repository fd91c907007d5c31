/** hapi: a plugin. */

import type { Plugin } from '@hapi/hapi'
import { isReadable, readStack, readString, readValue } from '../core/read.ts'
import type { Debugger } from '../debugger/debugger.ts'
import { noteMatch } from '../http/route.ts'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, openAdapter } from './adapter.ts'

declare module '@hapi/hapi' {
  interface Request {
    /** Logs with the id, method and URL of the request; there with the option `log`. */
    logger: Logger
  }
}

/**
 * Access log, debugger and request logger for hapi: `await server.register(rocksolid({ debugger: createDebugger() }))`.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): Plugin<void> {
  const adapter = openAdapter('hapi', options)
  const original = options?.debugger ? rememberThrows(options.debugger) : (error: unknown) => error
  return {
    name: 'rocksolid',
    register(server) {
      server.ext('onRequest', (request, h) => {
        const { req, res } = request.raw
        if (adapter.enter(req, res)) return h.abandon
        const log = adapter.logOf(req)
        if (log !== undefined) request.logger = log
        return h.continue
      })
      server.ext('onPreResponse', ({ raw: { req, res }, response, route }, h) => {
        if (route.path !== NO_ROUTE) {
          noteMatch(req, { route: route.path, handler: route.settings.handler })
        }
        const isFailure = 'isBoom' in response && response.output.statusCode >= 500
        if (!isFailure) return h.continue
        return adapter.fail(original(response), req, res) === false ? h.continue : h.abandon
      })
    },
  }
}

/** hapi's own route for what matches none. */
const NO_ROUTE = '/{p*}'

/** Throws that are remembered, weakly. */
const MAX_THROWS = 50

/** hapi answers with a clone of what was thrown; the frames are with the thrown one, which has the same stack. */
function rememberThrows(debug: Debugger): (error: unknown) => unknown {
  let recent: readonly WeakRef<object>[] = []
  debug.onThrow(({ value, isFromApp }) => {
    if (isFromApp && isReadable(value)) recent = [...recent, new WeakRef(value)].slice(-MAX_THROWS)
  })
  return (error) => {
    // hapi's words for a thrown string.
    if (readString(error, 'message') === 'Cannot throw non-error object') return readValue(error, 'data')
    const stack = readStack(error)
    const twin = recent.findLast((one) => stack !== undefined && readStack(one.deref()) === stack)
    return twin?.deref() ?? error
  }
}
