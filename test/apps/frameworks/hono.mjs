import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { HTTPException } from 'hono/http-exception'
import * as work from './work.mjs'

const app = new Hono()
const gzip = compress({ encoding: 'gzip' })
const compressAt = (place) => (c, next) =>
  work.wantsCompression(c.req.header(), place) ? gzip(c, next) : next()

app.use(compressAt(work.OUTSIDE))
const adapter = await work.adapterOf('hono')
if (adapter) app.use(adapter.rocksolid(adapter.options))
app.use(compressAt(work.INSIDE))
const on = (path, handle) => app.get(path, (c) => handle(work.idOf(c.req.url), c))
const never = () => new Promise(() => {})

on('/ok', (id, c) => {
  console.log(`printed by ${id}`)
  return c.text('ok')
})
for (const [path, fail] of Object.entries(work.THROWS)) on(path, (id) => fail(id))
for (const [path, fail] of Object.entries(work.LATE)) {
  on(path, (id) => {
    fail(id)
    return never()
  })
}
on('/next', (id) => {
  throw new HTTPException(500, { message: `passed ${id}` })
})
on('/own503', async (id, c) => {
  try {
    await work.later(id)
  } catch {
    work.decoys(id)
    return c.text(work.SORRY, 503)
  }
})
on('/own500', (_id, c) => c.text(work.SORRY, 500))
on('/after', (id) => {
  setTimeout(() => work.sync(id), 100)
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('begun '))
      },
    }),
  )
})
on('/stream', (id) => new Response(Readable.toWeb(work.brokenStream(id))))
on(
  '/big',
  () => new Response(Readable.toWeb(work.bigStream()), { headers: { 'content-type': 'text/plain' } }),
)
on(
  '/events',
  (id) =>
    new Response(Readable.toWeb(work.eventStream(id)), { headers: { 'content-type': 'text/event-stream' } }),
)

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: 'localhost' }, () =>
  work.ready(server),
)
