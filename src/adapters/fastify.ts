/** Fastify: a plugin for the whole application, whatever plugin registers it. */

import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { noteHandler, noteRoute } from '../http/route.ts'
import { type Adapter, type AdapterOptions, isClientError, openAdapter } from './adapter.ts'

/**
 * Access log, debugger and request logger for Fastify: `app.register(rocksolid({ debugger: createDebugger() }))`.
 * An error handler that the application sets afterwards answers in place of the debugger.
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
    noteRoute(request.raw, request.routeOptions.url)
    noteHandler(request.raw, request.routeOptions.handler)
    adapter.run(request.raw, reply.raw, () => {
      isOurs = false
      const log = adapter.logOf(request.raw)
      if (log !== undefined) request.log = log
      done()
    })
    if (isOurs) reply.hijack()
  })
  app.setErrorHandler((error, request, reply) => {
    const failing = isClientError(error) ? false : adapter.fail(error, request.raw, reply.raw)
    if (failing === false) return reply.send(error)
    reply.hijack()
    return undefined
  })
}
