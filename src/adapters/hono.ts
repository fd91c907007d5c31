/** Hono on any runtime: one middleware, the first. */

import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { decodedText } from '../http/decoded-text.ts'
import { pathOfPattern, takenOff, targetOf } from '../http/mount.ts'
import { noteMatch, type RouteMatch } from '../http/route.ts'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'
import { peerOf } from './fetch.ts'
import { FetchResponse, fetchRequest } from './fetch-exchange.ts'

/** What the middleware sets: `new Hono<{ Variables: LogVariables }>()`, where each context is to say so itself. */
export interface LogVariables {
  /** Logs with the id, method and URL of the request; there with the option `log`. */
  log: Logger
}

declare module 'hono' {
  interface ContextVariableMap extends LogVariables {}
}

/**
 * Access log, debugger and request logger for Hono: `app.use(rocksolid({ debugger: createDebugger() }))`. What the
 * application's own `onError` answers stays; the page comes in place of Hono's bare 500.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): MiddlewareHandler {
  const adapter = openAdapter('hono', options)
  return async function rocksolidHono(c, next) {
    const req = fetchRequest(c.req.raw, peerOf(c.req.raw, c.env), c.env)
    const res = new FetchResponse(c.req.raw.method)
    noteMatch(req, () => matchIn(c))
    let isOurs = true
    const go = () => {
      isOurs = false
      const log = adapter.logOf(req)
      if (log !== undefined) c.set('log', log)
      return next()
    }
    try {
      await adapter.run(req, res.asNode, go, {
        mount: adapter.debuggerPath === undefined ? '' : mountIn(c, req),
      })
    } catch (error) {
      // What is no Error is not Hono's to handle.
      if (adapter.fail(error, req, res.asNode) !== false) return await res.answered
      res.destroy()
      throw error
    }
    if (isOurs) return await res.answered
    const { error } = c
    if (error !== undefined && !isClientError(error) && (await isBare(c.res, error))) {
      if (adapter.fail(error, req, res.asNode) !== false) {
        c.res = undefined
        c.res = await res.answered
        return undefined
      }
    }
    const answer = res.follow(c.res)
    if (answer !== c.res) {
      c.res = undefined
      c.res = answer
    }
    return undefined
  }
}

/** What a server around Hono has taken off, and the path that the middleware was added for: `/sub` of `/sub/*`. */
function mountIn(c: Context, req: IncomingMessage): string {
  const { url = '/' } = req
  const own = c.req.matchedRoutes?.[c.req.routeIndex]?.path.replace(/\/?\*$/, '') ?? ''
  // Parts that may be missing, or match several folders, do not tell how many there are.
  return takenOff(targetOf(req), url) + (/[*?{]/.test(own) ? '' : pathOfPattern(url, own))
}

/** The handler that was called last, unless that was a middleware: nobody answered then. */
function matchIn(c: Context): RouteMatch {
  const route = c.req.matchedRoutes?.[c.req.routeIndex]
  const isMiddleware = route?.method === 'ALL' && route.path.endsWith('*')
  return isMiddleware ? {} : { route: route?.path, handler: route?.handler }
}

/** Most bytes of a response that Hono makes when nobody has said what to answer; compressed a little more. */
const MAX_BARE = 1000

/** Whether a response is that one: the page may come in its place. */
async function isBare(response: Response, error: Error): Promise<boolean> {
  if (response.status < 500) return false
  const bare = ['Internal Server Error', error.message]
  const encoding = response.headers.get('content-encoding')
  const body = await shortBody(response, (begun) =>
    encoding === null ? bare.some((text) => text.startsWith(begun.toString())) : true,
  )
  if (body === undefined) return false
  try {
    return body.length === 0 || bare.includes(decodedText(body, encoding))
  } catch {
    return false
  }
}

/** A copy of a body that stays short and goes on as it should; what the application streams is left as soon as it is seen. */
async function shortBody(
  response: Response,
  isGoingOn: (begun: Buffer) => boolean,
): Promise<Buffer | undefined> {
  if (Number(response.headers.get('content-length') ?? 0) > MAX_BARE) return undefined
  const reader = response.clone().body?.getReader()
  let body = Buffer.alloc(0)
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {}
    if (done || value === undefined) return body
    body = Buffer.concat([body, value])
    if (body.length <= MAX_BARE && isGoingOn(body)) continue
    reader?.cancel().catch(() => {})
    return undefined
  }
}
