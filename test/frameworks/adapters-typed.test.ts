import 'reflect-metadata'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Hapi from '@hapi/hapi'
import { Controller, Get, Module, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express from 'express'
import Fastify, { type FastifyRequest } from 'fastify'
import { H3, toNodeHandler } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { rocksolid as forExpress } from '../../src/express.ts'
import { rocksolid as forFastify } from '../../src/fastify.ts'
import { rocksolid as forFetch } from '../../src/fetch.ts'
import { rocksolid as forH3 } from '../../src/h3.ts'
import { rocksolid as forHapi } from '../../src/hapi.ts'
import { rocksolid as forHono, type LogVariables } from '../../src/hono.ts'
import { rocksolid as forKoa } from '../../src/koa.ts'
import { createLogger, type Logger, type LogRecord } from '../../src/logger.ts'
import { rocksolid as forNest } from '../../src/nest.ts'
import { request } from '../support/request.ts'

// Each adapter against its framework's own types, without a cast: the logger of a request is where each framework's
// people look for it, and its records know their request, also where the context got lost.

type Ask = (path: string) => Promise<string>

async function overHttp(server: Server, use: (ask: Ask) => Promise<void>): Promise<void> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await use(async (path) => (await request({ port, path, headers: { 'x-request-id': 'r-1' } })).body)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const inProcess =
  (handle: (request: Request) => Response | Promise<Response>): Ask =>
  async (path) => {
    const headers = { 'x-request-id': 'r-1' }
    return await (await handle(new Request(`http://localhost${path}`, { headers }))).text()
  }

const FRAMEWORKS: Readonly<Record<string, (log: Logger, use: (ask: Ask) => Promise<void>) => Promise<void>>> =
  {
    async express(log, use) {
      const app = express()
      const watch = forExpress({ access: false, log })
      app.use(watch)
      app.get('/', (req, res) => {
        req.log.info('in handler')
        elsewhere(() => req.log.info('elsewhere'))
        res.send('hello')
      })
      app.use(watch.errors)
      await overHttp(createServer(app), use)
    },
    async koa(log, use) {
      const app = new Koa()
      app.use(forKoa({ access: false, log }))
      app.use((ctx) => {
        ctx.log.info('in handler')
        elsewhere(() => ctx.log.info('elsewhere'))
        ctx.body = 'hello'
      })
      await overHttp(createServer(app.callback()), use)
    },
    async fastify(log, use) {
      const app = Fastify()
      await app.register(forFastify({ access: false, log }))
      app.get('/', (request) => {
        request.log.info({ by: 'fastify' }, 'in handler')
        elsewhere(() => request.log.info('elsewhere'))
        return 'hello'
      })
      await app.listen({ port: 0, host: '127.0.0.1' })
      await overHttp(app.server, use)
    },
    async hapi(log, use) {
      const server = Hapi.server({ port: 0, host: '127.0.0.1' })
      await server.register(forHapi({ access: false, log }))
      server.route({
        method: 'GET',
        path: '/',
        handler(request) {
          request.logger.info('in handler')
          elsewhere(() => request.logger.info('elsewhere'))
          return 'hello'
        },
      })
      await server.start()
      await overHttp(server.listener as Server, use)
    },
    async hono(log, use) {
      const app = new Hono<{ Variables: LogVariables }>()
      app.use(forHono({ access: false, log }))
      app.get('/', (c) => {
        c.var.log.info('in handler')
        elsewhere(() => c.get('log').info('elsewhere'))
        return c.text('hello')
      })
      await use(inProcess((one) => app.fetch(one)))
    },
    async h3(log, use) {
      const app = new H3()
      app.use(forH3({ access: false, log }))
      app.get('/', (event) => {
        event.context.log?.info('in handler')
        elsewhere(() => event.context.log?.info('elsewhere'))
        return 'hello'
      })
      await overHttp(createServer(toNodeHandler(app)), use)
    },
    async 'Nest on Express'(log, use) {
      const app = await NestFactory.create<NestExpressApplication>(nestModule<express.Request>(), {
        logger: false,
      })
      forNest(app, { access: false, log })
      await app.listen(0, '127.0.0.1')
      await overHttp(app.getHttpServer(), use)
      await app.close()
    },
    async 'Nest on Fastify'(log, use) {
      const app = await NestFactory.create(nestModule<FastifyRequest>(), new FastifyAdapter(), {
        logger: false,
      })
      forNest(app, { access: false, log })
      await app.listen(0, '127.0.0.1')
      await overHttp(app.getHttpServer() as Server, use)
      await app.close()
    },
    async fetch(log, use) {
      const handler = (_request: Request): Response => {
        log.info('in handler')
        elsewhere(() => log.info('elsewhere'))
        return new Response('hello')
      }
      await use(inProcess(forFetch(handler, { access: false, log })))
    },
  }

/** Decorators as functions: what is erased only knows none. */
function nestModule<Taken extends { readonly log: { info(message: string): void } }>(): new () => object {
  class Hello {
    hello = (request: Taken): string => {
      request.log.info('in handler')
      elsewhere(() => request.log.info('elsewhere'))
      return 'hello'
    }
  }
  const method = {
    value(this: Hello, request: Taken) {
      return this.hello(request)
    },
    configurable: true,
    writable: true,
  }
  Object.defineProperty(Hello.prototype, 'get', method)
  Req()(Hello.prototype, 'get', 0)
  Get('/')(Hello.prototype, 'get', method)
  Controller()(Hello)
  class Root {}
  Module({ controllers: [Hello] })(Root)
  return Root
}

/** Runs it as a pool does that was opened before any request. */
function elsewhere(work: () => void): void {
  outside(work)
}
const outside = AsyncLocalStorage.snapshot()

/** Has nothing but the context to know its request by. */
const BY_CONTEXT_ALONE = 'fetch'

/** Where the framework has given the request an id of its own. */
const OWN_ID = 'Nest on Fastify'

describe('records of a request handled by the adapter', () => {
  it.each(Object.entries(FRAMEWORKS))('of %s carry its id and target', async (name, run) => {
    const records: LogRecord[] = []
    const log = createLogger({
      levelFrom: false,
      uncaught: false,
      sinks: [(record) => void records.push(record)],
    })
    await run(log, async (ask) => expect(await ask('/')).toBe('hello'))
    const ids = records.map(({ message, fields }) => [message, fields.requestId, fields.url])
    const id = name === OWN_ID ? 'req-1' : 'r-1'
    expect(ids).toEqual([
      ['in handler', id, '/'],
      name === BY_CONTEXT_ALONE ? ['elsewhere', undefined, undefined] : ['elsewhere', id, '/'],
    ])
  })

  it('without the option `log` leave the framework its own', async () => {
    const app = Fastify()
    await app.register(forFastify({ access: false }))
    app.get('/', (request) => String(request.log === app.log))
    const alone = Fastify()
    alone.get('/', (request) => String(request.log === alone.log))
    for (const one of [app, alone]) expect((await one.inject('/')).body).toBe('true')
  })
})
