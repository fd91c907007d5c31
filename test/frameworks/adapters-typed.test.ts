import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Hapi from '@hapi/hapi'
import express from 'express'
import Fastify from 'fastify'
import { H3, toNodeHandler } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { rocksolid as forExpress } from '../../src/express.ts'
import { rocksolid as forFastify } from '../../src/fastify.ts'
import { rocksolid as forFetch } from '../../src/fetch.ts'
import { rocksolid as forH3 } from '../../src/h3.ts'
import { rocksolid as forHapi } from '../../src/hapi.ts'
import { rocksolid as forHono } from '../../src/hono.ts'
import { rocksolid as forKoa } from '../../src/koa.ts'
import { createLogger, jsonFormat, type Logger, type LogRecord } from '../../src/logger.ts'
import { request } from '../support/request.ts'

// Each adapter against its framework's own types, without a cast, with a logger whose records know their request.

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
      app.get('/', (_req, res) => {
        log.info('in handler')
        res.send('hello')
      })
      app.use(watch.errors)
      await overHttp(createServer(app), use)
    },
    async koa(log, use) {
      const app = new Koa()
      app.use(forKoa({ access: false, log }))
      app.use((ctx) => {
        log.info('in handler')
        ctx.body = 'hello'
      })
      await overHttp(createServer(app.callback()), use)
    },
    async fastify(log, use) {
      const app = Fastify()
      await app.register(forFastify({ access: false, log }))
      app.get('/', () => {
        log.info('in handler')
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
        handler() {
          log.info('in handler')
          return 'hello'
        },
      })
      await server.start()
      await overHttp(server.listener as Server, use)
    },
    async hono(log, use) {
      const app = new Hono()
      app.use(forHono({ access: false, log }))
      app.get('/', (c) => {
        log.info('in handler')
        return c.text('hello')
      })
      await use(inProcess((one) => app.fetch(one)))
    },
    async h3(log, use) {
      const app = new H3()
      app.use(forH3({ access: false, log }))
      app.get('/', () => {
        log.info('in handler')
        return 'hello'
      })
      await overHttp(createServer(toNodeHandler(app)), use)
    },
    async fetch(log, use) {
      const handler = (_request: Request): Response => {
        log.info('in handler')
        return new Response('hello')
      }
      await use(inProcess(forFetch(handler, { access: false, log })))
    },
  }

describe('records of a request handled by the adapter', () => {
  it.each(Object.entries(FRAMEWORKS))('of %s carry its id and target', async (_name, run) => {
    const records: LogRecord[] = []
    const log = createLogger({
      levelFrom: false,
      uncaught: false,
      sinks: [(record) => void records.push(record)],
    })
    await run(log, async (ask) => expect(await ask('/')).toBe('hello'))
    const lines = records.map((record) => jsonFormat()(record))
    expect(lines.filter((line) => line.includes('in handler'))).toHaveLength(1)
    expect(lines.find((line) => line.includes('in handler'))).toContain('r-1')
  })
})
