// The debugger of an adapter added below a path, in each way that its framework has for that. MOUNTED names the way.
import http from 'node:http'
import { createDebugger } from 'rocksolid/debugger'

const PORT = Number(process.env.PORT ?? 0)

const options = (more) => ({ access: false, debugger: createDebugger(more) })

function fail() {
  const order = { id: 7 }
  throw new RangeError(`no stock for ${order.id}`)
}

const ready = (port) => console.log(`listening ${port}`)

function listen(handler) {
  const server = http.createServer(handler).listen(PORT, 'localhost', () => ready(server.address().port))
}

/** Below a path of an application of Koa. */
async function koa(mounts) {
  const { rocksolid } = await import('rocksolid/koa')
  const { default: Koa } = await import('koa')
  const { default: mount } = await import('koa-mount')
  const shop = new Koa().use(rocksolid(options()))
  shop.use((ctx) => (ctx.path === '/crash' ? fail() : ctx.throw(404)))
  return mounts.reduceRight((inner, path) => new Koa().use(mount(path, inner)), shop).callback()
}

/** `build` gets Express, what makes a shop of an app or a router, and the adapter. */
async function expressWith(build) {
  const { rocksolid } = await import('rocksolid/express')
  const { default: express } = await import('express')
  const watch = () => rocksolid(options())
  const shop = (app, own = watch()) => app.use(own).get('/crash', fail).use(own.errors)
  listen(build(express, shop, watch))
}

async function fastifyWith(prefixes, paths) {
  const { rocksolid } = await import('rocksolid/fastify')
  const { default: Fastify } = await import('fastify')
  const app = Fastify()
  const shared = options()
  for (const [index, path] of paths.entries()) {
    const shop = async (part) => {
      await part.register(rocksolid(shared))
      part.get(path, fail)
    }
    await app.register(shop, { prefix: prefixes[index] })
  }
  await app.listen({ port: PORT, host: 'localhost' })
  ready(app.server.address().port)
}

/** `build` gets what makes an application, and the adapter. */
async function honoWith(build) {
  const { rocksolid } = await import('rocksolid/hono')
  const { Hono } = await import('hono')
  await serveFetch(build(() => new Hono(), rocksolid(options())).fetch)
}

async function serveFetch(fetch) {
  const { serve } = await import('@hono/node-server')
  serve({ fetch, port: PORT, hostname: 'localhost' }, ({ port }) => ready(port))
}

async function h3With(build, given) {
  const { rocksolid } = await import('rocksolid/h3')
  const { H3, serve, withBase } = await import('h3')
  const app = build(() => new H3(), rocksolid(options(given)), withBase)
  const server = serve(app, { port: PORT, hostname: 'localhost', silent: true })
  await server.ready()
  ready(new URL(server.url).port)
}

async function hapi() {
  const { rocksolid } = await import('rocksolid/hapi')
  const { default: Hapi } = await import('@hapi/hapi')
  const server = Hapi.server({ port: PORT, host: 'localhost' })
  const shop = {
    name: 'shop',
    async register(part) {
      await part.register(rocksolid(options()))
      part.route({ method: 'GET', path: '/crash', handler: fail })
    },
  }
  await server.register(shop, { routes: { prefix: '/shop/now' } })
  await server.start()
  ready(server.info.port)
}

async function nest() {
  await import('reflect-metadata')
  const { rocksolid } = await import('rocksolid/nest')
  const { Controller, Get, Module } = await import('@nestjs/common')
  const { NestFactory } = await import('@nestjs/core')
  class Shop {}
  Shop.prototype.crash = fail
  Get('crash')(Shop.prototype, 'crash', Object.getOwnPropertyDescriptor(Shop.prototype, 'crash'))
  Controller()(Shop)
  class App {}
  Module({ controllers: [Shop] })(App)
  const app = await NestFactory.create(App, { logger: false })
  app.setGlobalPrefix('shop/now')
  rocksolid(app, options())
  await app.listen(PORT, 'localhost')
  ready(app.getHttpServer().address().port)
}

async function fetchHandler() {
  const { rocksolid } = await import('rocksolid/fetch')
  const handler = (request) => (request.url.endsWith('/crash') ? fail() : new Response('', { status: 404 }))
  const watched = rocksolid(handler, options({ mount: '/shop/now' }))
  await serveFetch((request, ...rest) =>
    request.url.includes('/shop/now/') ? watched(request, ...rest) : new Response('', { status: 404 }),
  )
}

/** A handler that a router of one's own calls with a shorter URL, and tells nobody. */
async function ownRouter() {
  const { withDebugger } = await import('rocksolid/debugger')
  const watched = withDebugger(fail, { mount: '/shop/now' })
  listen((req, res) => {
    if (!req.url.startsWith('/shop/now/')) return res.writeHead(404).end()
    req.url = req.url.slice('/shop/now'.length)
    return watched(req, res)
  })
}

const ways = {
  'koa-mount': async () => listen(await koa(['/shop/now'])),
  'koa-mount twice': async () => listen(await koa(['/shop', '/now'])),
  'koa-mount in Express': async () => {
    const handler = await koa(['/now'])
    await expressWith((express) => express().use('/shop', handler))
  },
  'an app in an app of Express': () =>
    expressWith((express, shop) => express().use('/shop/now', shop(express()))),
  'a router in a router of Express': () =>
    expressWith((express, shop) => {
      const { Router } = express
      return express().use('/shop', Router().use('/now', shop(Router())))
    }),
  'Express, watched in the mount and answered outside': () =>
    expressWith((express, _shop, watch) => {
      const own = watch()
      const inner = express.Router().use(own).get('/crash', fail)
      return express().use('/shop/now', inner).use(own.errors)
    }),
  'Express, watched outside and answered in the mount': () =>
    expressWith((express, _shop, watch) => {
      const own = watch()
      const inner = express.Router().get('/crash', fail).use(own.errors)
      return express().use(own).use('/shop/now', inner)
    }),
  'a path of Express': () =>
    expressWith((express, _shop, watch) => {
      const own = watch()
      return express().use('/shop/now', own).get('/shop/now/crash', fail).use(own.errors)
    }),
  'a prefix of Fastify': () => fastifyWith(['/shop/now'], ['/crash']),
  'a prefix of Fastify with a parameter': () => fastifyWith(['/:shop/now'], ['/crash']),
  'plugins of Fastify without a prefix': () => fastifyWith([], ['/shop/now/crash', '/other']),
  'app.route of Hono': () =>
    honoWith((hono, adapter) => hono().route('/shop/now', hono().use(adapter).get('/crash', fail))),
  'basePath of Hono with a parameter': () =>
    honoWith((hono, adapter) => hono().basePath('/:shop/now').use(adapter).get('/crash', fail)),
  'a path of Hono': () =>
    honoWith((hono, adapter) => hono().use('/shop/now/*', adapter).get('/shop/now/crash', fail)),
  'app.mount of Hono': () =>
    honoWith((hono, adapter) => hono().mount('/shop/now', hono().use(adapter).get('/crash', fail).fetch)),
  'app.mount of h3': () =>
    h3With((h3, adapter) => h3().mount('/shop/now', h3().use(adapter).get('/crash', fail))),
  'withBase of h3': () =>
    h3With((h3, adapter, withBase) => {
      const shop = h3().use(adapter).get('/crash', fail)
      return h3().all('/shop/now/**', withBase('/shop/now', shop))
    }),
  'a path of h3, with the option': () =>
    h3With((h3, adapter) => h3().use('/shop/now/**', adapter).get('/shop/now/crash', fail), {
      mount: '/shop/now',
    }),
  'a function of a request, with the option': fetchHandler,
  'a router of its own, with the option': ownRouter,
  'a prefix of hapi': hapi,
  'the global prefix of Nest': nest,
}

await ways[process.env.MOUNTED]()
