// Compression around a whole framework, chosen by FRAMEWORK: what is written to the response is not what is sent.
import http from 'node:http'
import { getRequestListener } from '@hono/node-server'
import compression from 'compression'
import { Hono } from 'hono'
import Koa from 'koa'
import * as work from './work.mjs'

const text = 'word '.repeat(2000)

const LISTENERS = {
  koa() {
    const app = new Koa()
    app.use((ctx) => {
      if (ctx.path === '/fail') work.sync(work.idOf(ctx.url))
      ctx.body = text
    })
    return app.callback()
  },
  hono() {
    const app = new Hono()
    app.get('/fail', (c) => work.sync(work.idOf(c.req.url)))
    app.get('/text', (c) => c.text(text))
    return getRequestListener(app.fetch)
  },
}

const compress = compression({ threshold: 0 })
const listener = LISTENERS[process.env.FRAMEWORK]()

http
  .createServer((req, res) => compress(req, res, () => listener(req, res)))
  .listen(Number(process.env.PORT), 'localhost', function () {
    work.ready(this)
  })
