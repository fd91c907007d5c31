// The same routes in the framework named by the first argument: one with its handler in place, one with it elsewhere.
import http from 'node:http'
import { createDebugger, withDebugger } from 'rocksolid/debugger'

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
async function showItem() {
  await pause()
  throw new Error('no such item')
}
// client.get('/express/:id') in a comment registers nothing.

const starts = {
  async express() {
    const { default: express } = await import('express')
    const app = express()
    const router = express.Router()
    router.get('/express/:id', showItem)
    router.get('/inline/:id', async () => {
      await pause()
      throw new Error('inline')
    })
    router.get('/params/:id', (req) => {
      throw new Error(`no ${req.params.id}`)
    })
    router.get('/twice/:id', (_req, _res, next) => next())
    router.get('/twice/:id', showItem)
    app.use('/shop', router)
    return listen(http.createServer(withDebugger(app)))
  },
  async fastify() {
    const { default: fastify } = await import('fastify')
    const { rocksolid } = await import('rocksolid/fastify')
    const app = fastify()
    app.register(rocksolid({ debugger: createDebugger(), access: false }))
    app.register(
      async (shop) => {
        shop.get('/fastify/:id', showItem)
        shop.route({
          method: ['GET', 'HEAD'],
          url: '/inline/:id',
          handler: async () => {
            await pause()
            throw new Error('inline')
          },
        })
      },
      { prefix: '/shop' },
    )
    await app.listen({ port: 0 })
    return app.server
  },
  async hono() {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const { rocksolid } = await import('rocksolid/hono')
    const app = new Hono()
    app.use(rocksolid({ debugger: createDebugger(), access: false }))
    const shop = new Hono()
    shop.get('/hono/:id', showItem)
    shop.get('/inline/:id', async () => {
      await pause()
      throw new Error('inline')
    })
    app.route('/shop', shop)
    return listen(serve({ fetch: app.fetch, port: 0 }))
  },
  async hapi() {
    const { default: hapi } = await import('@hapi/hapi')
    const { rocksolid } = await import('rocksolid/hapi')
    const server = hapi.server({ port: 0 })
    await server.register(rocksolid({ debugger: createDebugger(), access: false }))
    server.route({ method: 'GET', path: '/shop/hapi/{id}', handler: showItem })
    server.route({
      method: 'GET',
      path: '/shop/inline/{id}',
      handler: async () => {
        await pause()
        throw new Error('inline')
      },
    })
    await server.start()
    return server.listener
  },
}

function listen(server) {
  if (!server.listening) server.listen(0)
  return server.listening ? server : new Promise((resolve) => server.once('listening', () => resolve(server)))
}

const server = await starts[process.argv[2]]()
console.log(`listening ${server.address().port}`)
