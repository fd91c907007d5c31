// The debugger below a path: mounted in Express and connect, as error middleware of a mounted app, behind a proxy.
import http from 'node:http'
import connect from 'connect'
import express from 'express'
import { debugErrors, withDebugger } from 'rocksolid/debugger'

function fail(req) {
  const order = { id: 7 }
  throw new RangeError(`no stock for ${order.id} ${req.method}`)
}

/** An application of two levels. */
function shop() {
  const orders = express.Router()
  orders.get('/:id/crash', fail)
  const app = express()
  app.get('/crash', fail)
  app.use('/orders', orders)
  app.use((_req, res) => res.status(404).end('nothing in the shop'))
  return app
}

const servers = {
  express: () => express().use('/shop/now', withDebugger(shop())),
  connect: () => connect().use('/shop/now', withDebugger(shop())),
  middleware: () => {
    const errors = debugErrors()
    const sub = express().use(errors[0])
    return express().use('/shop/now', sub.use(shop()).use(errors[1]))
  },
  proxy: () => {
    const handler = withDebugger(shop(), { allowedPeers: ['127.0.0.1'] })
    const behind = http.createServer(handler).listen(0, '127.0.0.1')
    return (req, res) => {
      const { method, headers, url } = req
      if (!url.startsWith('/shop/now/')) return res.writeHead(404).end('nothing at the proxy')
      const path = url.slice('/shop/now'.length)
      const sent = { ...headers, 'x-forwarded-prefix': '/shop/now/' }
      const { port } = behind.address()
      const passed = http.request({ port, host: '127.0.0.1', method, path, headers: sent }, (answer) => {
        res.writeHead(answer.statusCode, answer.headers)
        answer.pipe(res)
      })
      passed.on('error', () => res.writeHead(502).end('nothing behind the proxy'))
      req.pipe(passed)
    }
  },
}

const server = http.createServer(servers[process.env.MOUNTED]())
server.listen(0, 'localhost', () => console.log(`listening ${server.address().port}`))
