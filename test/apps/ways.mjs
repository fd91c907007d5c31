// The same failing server by different ways to the debugger: `<framework>-adapter`, or plain under rocksolid/register.
import http from 'node:http'

const [framework, isAdapter] = (process.env.WAY ?? 'http').split('-')

function fail() {
  const local = 'a local of the route'
  throw new TypeError(`failed with ${local.length}`)
}

async function adapter() {
  if (isAdapter === undefined) return undefined
  const [{ rocksolid }, { createDebugger }] = await Promise.all([
    import(`rocksolid/${framework}`),
    import('rocksolid/debugger'),
  ])
  return rocksolid({ debugger: createDebugger(), access: false })
}

const makers = {
  http: () =>
    http.createServer((_req, res) => {
      fail()
      res.end()
    }),
  express: async () => {
    const { default: express } = await import('express')
    const app = express()
    const ours = await adapter()
    if (ours) app.use(ours)
    app.get('/fail', fail)
    if (ours) app.use(ours.errors ?? ((error, _req, _res, next) => next(error)))
    return http.createServer(app)
  },
  koa: async () => {
    const { default: Koa } = await import('koa')
    const app = new Koa()
    const ours = await adapter()
    if (ours) app.use(ours)
    app.use(() => fail())
    return http.createServer(app.callback())
  },
  fastify: async () => {
    const { default: fastify } = await import('fastify')
    const app = fastify()
    const ours = await adapter()
    if (ours) app.register(ours)
    app.get('/fail', async () => fail())
    await app.ready()
    return app.server
  },
}

const server = await makers[framework]()
server.listen(Number(process.env.PORT), 'localhost', () => console.log('listening', server.address().port))
