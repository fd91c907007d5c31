import { Readable } from 'node:stream'
import { H3, HTTPError, serve } from 'h3'
import * as work from './work.mjs'

const app = new H3()
const adapter = await work.adapterOf('h3')
if (adapter) app.use(adapter.rocksolid(adapter.options))
const on = (path, handle) => app.get(path, (event) => handle(work.idOf(event.req.url), event))
const text = (body, status = 200) => new Response(body, { status, headers: { 'content-type': 'text/plain' } })

on('/ok', (id) => {
  console.log(`printed by ${id}`)
  return 'ok'
})
for (const [path, fail] of Object.entries(work.THROWS)) on(path, (id) => fail(id))
for (const [path, fail] of Object.entries(work.LATE)) {
  on(path, (id) => {
    fail(id)
    return new Promise(() => {})
  })
}
on('/next', (id) => {
  throw new HTTPError({ status: 500, message: `passed ${id}` })
})
on('/returned', (id) => new HTTPError({ status: 500, message: `returned ${id}` }))
on('/returned404', (id) => new HTTPError({ status: 404, message: `returned ${id}` }))
on('/returned-error', (id) => new Error(`returned ${id}`))
on('/own503', async (id) => {
  try {
    await work.later(id)
  } catch {
    work.decoys(id)
    return text(work.SORRY, 503)
  }
})
on('/own500', () => text(work.SORRY, 500))
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
on('/big', () => new Response(Readable.toWeb(work.bigStream())))
on(
  '/events',
  (id) =>
    new Response(Readable.toWeb(work.eventStream(id)), { headers: { 'content-type': 'text/event-stream' } }),
)

const server = serve(app, { port: Number(process.env.PORT), hostname: 'localhost', silent: true })
await server.ready()
work.ready(server.node.server)
