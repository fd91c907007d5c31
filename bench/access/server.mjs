/** One server of the benchmark: `server.mjs http|express <variant> <file>`. Needs the built package. */

import { createWriteStream, openSync } from 'node:fs'
import { createServer } from 'node:http'
import express from 'express'
import morgan from 'morgan'
import pino from 'pino'
import pinoHttp from 'pino-http'
import { serveMeasured } from '../harness.mjs'

// Another build can be measured by its path.
const { accessLog, attach } = await import(process.env.ROCKSOLID_ACCESS ?? 'rocksolid/access')

const [kind, variant, file = '/dev/null'] = process.argv.slice(2)

const stream = () => createWriteStream(file, { flags: 'a' })

/** Middleware by name; undefined for the bare server. */
const middleware = {
  bare: () => undefined,
  'bare-again': () => undefined,
  'accessLog combined': () => accessLog('combined', { to: file }),
  'accessLog common, no body': () => accessLog('%h %l %u %t "%r" %>s', { to: file }),
  'accessLog json': () => accessLog('json', { to: file }),
  'accessLog pretty': () => accessLog('pretty', { to: file }),
  'attach combined': () => undefined,
  'morgan combined': () => morgan('combined', { stream: stream() }),
  'pino-http': () => pinoHttp({}, pino.destination({ dest: openSync(file, 'a'), sync: true })),
}[variant]()

let server
if (kind === 'express') {
  const app = express().disable('x-powered-by').disable('etag')
  if (middleware !== undefined) app.use(middleware)
  app.get('/user/:id', (_req, res) => {
    res.end('hello')
  })
  server = createServer(app)
} else if (middleware === undefined) {
  server = createServer((_req, res) => {
    res.end('hello')
  })
} else {
  server = createServer((req, res) => {
    middleware(req, res, () => {
      res.end('hello')
    })
  })
}
if (variant === 'attach combined') attach(server, 'combined', { to: file })
serveMeasured(server)
