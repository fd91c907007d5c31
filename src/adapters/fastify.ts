/** Fastify: a plugin for the whole application, whatever plugin registers it. */

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyPluginCallback, FastifySchema } from 'fastify'
import { pathOfPattern, takenOff, targetOf } from '../http/mount.ts'
import { noteMatch } from '../http/route.ts'
import { type Adapter, type AdapterOptions, isClientError, openAdapter } from './adapter.ts'

/**
 * Access log, debugger and request logger for Fastify: `app.register(rocksolid({ debugger: createDebugger() }))`.
 * An error handler of the application answers in place of the debugger; one that is set after the plugin may send the
 * error on to it.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): FastifyPluginCallback {
  const adapter = openAdapter('fastify', options)
  const plugin: FastifyPluginCallback = (app, _options, done) => {
    install(app, adapter)
    done()
  }
  // Fastify's own words for "not encapsulated" and for the name of a plugin.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'rocksolid',
  })
}

function install(app: FastifyInstance, adapter: Adapter): void {
  app.addHook('onRequest', (request, reply, done) => {
    let isOurs = true
    noteMatch(request.raw, () => ({
      route: request.routeOptions.url,
      handler: request.routeOptions.handler,
    }))
    const go = (): void => {
      isOurs = false
      const log = adapter.logOf(request.raw)
      if (log !== undefined) request.log = log
      done()
    }
    adapter.run(request.raw, reply.raw, go, { mount: mountIn(app, request.raw) })
    if (isOurs) reply.hijack()
  })
  if (adapter.debuggerPath !== undefined && !Object.hasOwn(app, 'server')) {
    takeRoutes(app, adapter.debuggerPath)
  }
  // A plugin that nobody waits for is loaded after what follows it in the application's code.
  if (app.errorHandler.name !== DEFAULT_HANDLER) return
  app.setErrorHandler((error, request, reply) => {
    const failing = isClientError(error) ? false : adapter.fail(error, request.raw, reply.raw)
    if (failing === false) return reply.send(error)
    reply.hijack()
    return undefined
  })
  forgetErrorHandler(app)
}

/** What is no route comes to the hooks of the whole application alone, not to those of a plugin. */
function takeRoutes(app: FastifyInstance, path: string): void {
  for (const url of [path, `${path}/*`]) {
    if (app.hasRoute({ method: 'GET', url: app.prefix + url })) continue
    app.all(url, { schema: HIDDEN }, (_request, reply) => reply.callNotFound())
  }
}

/** For @fastify/swagger: no route of the application. */
const HIDDEN: FastifySchema & { hide: boolean } = { hide: true }

function mountIn({ prefix }: FastifyInstance, req: IncomingMessage): string {
  const { url = '/' } = req
  return takenOff(targetOf(req), url) + pathOfPattern(url, prefix)
}

/** Fastify's own name of the handler that nobody has replaced. */
const DEFAULT_HANDLER = 'defaultErrorHandler'

/** Fastify warns who sets a second handler, or forbids it. The application's own is its first. */
function forgetErrorHandler(app: FastifyInstance): void {
  const mark = Object.getOwnPropertySymbols(app).find(
    (symbol) => symbol.description === 'fastify.errorHandlerAlreadySet',
  )
  if (mark !== undefined) Object.assign(app, { [mark]: false })
}
