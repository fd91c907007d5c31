/** One server of the benchmark: `server.mjs http|express|fastify|koa <variant> <file or stdout>`. Needs the built package. */

import { createWriteStream, openSync } from 'node:fs'
import { createServer } from 'node:http'
import { format } from 'node:util'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import koaLogger from 'koa-logger'
import morgan from 'morgan'
import pino from 'pino'
import pinoHttp from 'pino-http'
import { serveMeasured } from '../harness.mjs'

// Another build can be measured by its path.
const { AccessLogger, accessLog, attach } = await import(process.env.ROCKSOLID_ACCESS ?? 'rocksolid/access')

const [kind, variant, to = '/dev/null'] = process.argv.slice(2)
const [name, shape] = variant.split(' ')
const attached = variant === 'attach combined'

/** The destination as each of them wants it. */
const stream = () => (to === 'stdout' ? process.stdout : createWriteStream(to, { flags: 'a' }))
const descriptor = () => (to === 'stdout' ? 1 : openSync(to, 'a'))
const pinoTo = () => pino.destination({ dest: descriptor(), sync: true })

const FORMATS = { combined: 'combined', json: 'json', common: '%h %l %u %t "%r" %>s' }

/** A connect-style middleware; none for the bare server. */
const middleware = {
  accessLog: () => accessLog(FORMATS[shape], { to }),
  morgan: () => morgan('combined', { stream: stream() }),
  'pino-http': () => pinoHttp({}, pinoTo()),
}[name]

const hello = (_req, res) => {
  res.end('hello')
}

/** An adapter of ours for this framework. */
const adapter = async () => {
  const { rocksolid } = await import(`rocksolid/${kind}`)
  return rocksolid({ access: new AccessLogger('combined', { to }) })
}

const KINDS = {
  http() {
    if (middleware === undefined) return createServer(hello)
    const log = middleware()
    return createServer((req, res) => {
      log(req, res, () => {
        res.end('hello')
      })
    })
  },
  express() {
    const app = express().disable('x-powered-by').disable('etag')
    if (middleware !== undefined) app.use(middleware())
    app.get('/user/:id', hello)
    return createServer(app)
  },
  async fastify() {
    const app = fastify({ loggerInstance: variant === "fastify's logger" ? pino(pinoTo()) : undefined })
    if (name === 'adapter') await app.register(await adapter())
    app.get('/user/:id', (_request, reply) => reply.send('hello'))
    await app.ready()
    return app.server
  },
  async koa() {
    const app = new Koa()
    const out = variant === 'koa-logger' ? stream() : undefined
    if (out !== undefined) app.use(koaLogger((_text, args) => out.write(`${format(...args)}\n`)))
    if (name === 'adapter') app.use(await adapter())
    app.use((ctx) => {
      ctx.body = 'hello'
    })
    return createServer(app.callback())
  },
}

const server = await KINDS[kind]()
if (attached) attach(server, 'combined', { to })
serveMeasured(server)
