/** h3 2: one middleware, the first. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { H3Event, Middleware } from 'h3'
import { takenOff, targetOf } from '../http/mount.ts'
import { noteMatch } from '../http/route.ts'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'
import { FetchResponse, fetchRequest } from './fetch-exchange.ts'

declare module 'h3' {
  interface H3EventContext {
    /** Logs with the id, method and URL of the request; there with the option `log`. */
    log?: Logger
  }
}

/**
 * Access log, debugger and request logger for h3: `app.use(rocksolid({ debugger: createDebugger() }))`. On other
 * runtimes than Node there is nothing in a middleware to measure a response by: wrap `app.fetch` with
 * `rocksolid/fetch` there for the access log.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): Middleware {
  const adapter = openAdapter('h3', options)
  return async function rocksolidH3(event, next) {
    const page = new FetchResponse(event.req.method)
    const { req, res } = exchangeIn(event) ?? {
      req: fetchRequest(event.req, { address: event.req.ip ?? undefined }),
      res: page.asNode,
    }
    const { context } = event
    noteMatch(req, () => ({ route: context.matchedRoute?.route, handler: context.matchedRoute?.handler }))
    const fail = async (error: unknown): Promise<Response | undefined> => {
      if (isClientError(error) || adapter.fail(error, req, page.asNode) === false) return undefined
      return await page.answered
    }
    let isOurs = true
    const go = (): unknown => {
      isOurs = false
      const log = adapter.logOf(req)
      if (log !== undefined) context.log = log
      return next()
    }
    try {
      const value: unknown = await adapter.run(req, res, go, {
        page: page.asNode,
        mount: mountIn(event, req),
      })
      if (isOurs) return await page.answered
      // An error may also be returned; thrown it would have had the same answer.
      const answer = value instanceof Error ? await fail(value) : undefined
      return answer ?? value
    } catch (error) {
      const answer = await fail(error)
      if (answer === undefined) throw error
      return answer
    }
  }
}

/** What `app.mount` and `withBase` have taken off, beside what a server around h3 has. */
function mountIn({ url }: H3Event, req: IncomingMessage): string {
  return takenOff(targetOf(req).split(/[?#]/, 1)[0] ?? '', url.pathname)
}

function exchangeIn(event: H3Event): { req: IncomingMessage; res: ServerResponse } | undefined {
  const { req, res } = event.runtime?.node ?? {}
  if (req === undefined || res === undefined) return undefined
  return { req: req as IncomingMessage, res: res as ServerResponse }
}
