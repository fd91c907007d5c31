import http from 'node:http'
import { createApp, createError, createRouter, eventHandler, toNodeListener } from 'h3v1'
import * as work from './work.mjs'

const app = createApp()
const router = createRouter()
const on = (path, handle) =>
  router.get(
    path,
    eventHandler((event) => handle(work.idOf(event.node.req.url), event)),
  )
const answer = ({ node: { res } }, status) => {
  res.statusCode = status
  return work.SORRY
}

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
  throw createError({ statusCode: 500, message: `passed ${id}` })
})
on('/own503', async (id, event) => {
  try {
    await work.later(id)
  } catch {
    work.decoys(id)
    return answer(event, 503)
  }
})
on('/own500', (_id, event) => answer(event, 500))
on('/after', (id, { node: { res } }) => {
  res.write('begun ')
  setTimeout(() => work.sync(id), 50)
  return new Promise(() => {})
})
on('/stream', (id) => work.brokenStream(id))
on('/big', () => work.bigStream())
on('/events', (id, { node: { res } }) => {
  res.setHeader('content-type', 'text/event-stream')
  return work.eventStream(id)
})

app.use(router)
http.createServer(toNodeListener(app)).listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
