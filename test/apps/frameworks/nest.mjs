import 'reflect-metadata'
import { Controller, Get, HttpException, Module, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import * as work from './work.mjs'

class App {}

/** Decorators as functions: plain JavaScript has none. */
function route(path, handle, takesResponse = false) {
  const name = `at${path}`
  App.prototype[name] = (req, res) => handle(work.idOf(req.url), res)
  Req()(App.prototype, name, 0)
  if (takesResponse) Res()(App.prototype, name, 1)
  Get(path)(App.prototype, name, Object.getOwnPropertyDescriptor(App.prototype, name))
}

route('/ok', (id) => {
  console.log(`printed by ${id}`)
  return 'ok'
})
for (const [path, fail] of Object.entries(work.THROWS)) route(path, (id) => fail(id))
for (const [path, fail] of Object.entries(work.LATE)) route(path, (id) => void fail(id), true)
route('/next', (id) => {
  throw new HttpException(`passed ${id}`, 500)
})
route(
  '/own503',
  (id, res) => {
    try {
      work.sync(id)
    } catch {
      work.decoys(id)
      res.status(503).send(work.SORRY)
    }
  },
  true,
)
route('/own500', (_id, res) => void res.status(500).send(work.SORRY), true)
route(
  '/after',
  (id, res) => {
    res.write('begun ')
    setTimeout(() => work.sync(id), 50)
  },
  true,
)
route('/stream', (id, res) => void work.brokenStream(id).pipe(res), true)
route('/big', (_id, res) => void work.bigStream().pipe(res), true)
route('/events', (id, res) => void work.eventStream(id).pipe(res.type('text/event-stream')), true)
Controller()(App)

class Root {}
Module({ controllers: [App] })(Root)

const app = await NestFactory.create(Root, { logger: ['error'] })
app.use(work.compress(work.OUTSIDE))
const adapter = await work.adapterOf('nest')
if (adapter) adapter.rocksolid(app, adapter.options)
app.use(work.compress(work.INSIDE))
await app.listen(Number(process.env.PORT), 'localhost')
work.ready(app.getHttpServer())
