/** The servers under measurement, by framework and by what logs their requests. Needs the built package. */

import { createWriteStream, openSync } from 'node:fs'
import { createServer } from 'node:http'
import { format } from 'node:util'

// Another build can be measured by its path.
const { AccessLogger, accessLog, attach } = await import(process.env.ROCKSOLID_ACCESS ?? 'rocksolid/access')

const FORMATS = { combined: 'combined', json: 'json', common: '%h %l %u %t "%r" %>s' }

/** Only what a server needs is loaded into its process. */
const load = async (module) => (await module).default

const hello = (_req, res) => {
  res.end('hello')
}

/**
 * A server that does not listen yet.
 * @param kind `http`, `express`, `fastify` or `koa`
 * @param variant what logs, such as `morgan combined`
 * @param to a file, or `stdout`
 */
export async function openServer(kind, variant, to) {
  const [name, shape] = variant.split(' ')
  const stream = () => (to === 'stdout' ? process.stdout : createWriteStream(to, { flags: 'a' }))
  const pinoTo = ({ destination }) =>
    destination({ dest: to === 'stdout' ? 1 : openSync(to, 'a'), sync: true })

  /** A connect-style middleware; none for the bare server. */
  const middleware = {
    accessLog: () => accessLog(FORMATS[shape], { to }),
    morgan: async () => (await load(import('morgan')))('combined', { stream: stream() }),
    'pino-http': async () => (await load(import('pino-http')))({}, pinoTo(await load(import('pino')))),
  }[name]

  /** An adapter of ours for this framework. */
  const adapter = async () => {
    const { rocksolid } = await import(`rocksolid/${kind}`)
    return rocksolid({ access: new AccessLogger(FORMATS[shape], { to }) })
  }

  const kinds = {
    async http() {
      if (middleware === undefined) return createServer(hello)
      const log = await middleware()
      return createServer((req, res) => {
        log(req, res, () => {
          res.end('hello')
        })
      })
    },
    async express() {
      const app = (await load(import('express')))().disable('x-powered-by').disable('etag')
      if (middleware !== undefined) app.use(await middleware())
      app.get('/user/:id', hello)
      return createServer(app)
    },
    async fastify() {
      const pino = variant === "fastify's logger" ? await load(import('pino')) : undefined
      const app = (await load(import('fastify')))({ loggerInstance: pino?.(pinoTo(pino)) })
      if (name === 'adapter') await app.register(await adapter())
      app.get('/user/:id', (_request, reply) => reply.send('hello'))
      await app.ready()
      return app.server
    },
    async koa() {
      const app = new (await load(import('koa')))()
      if (variant === 'koa-logger') {
        const out = stream()
        const koaLogger = await load(import('koa-logger'))
        app.use(koaLogger((_text, args) => out.write(`${format(...args)}\n`)))
      }
      if (name === 'adapter') app.use(await adapter())
      app.use((ctx) => {
        ctx.body = 'hello'
      })
      return createServer(app.callback())
    },
  }

  const server = await kinds[kind]()
  if (variant === 'attach combined') attach(server, 'combined', { to })
  return server
}
