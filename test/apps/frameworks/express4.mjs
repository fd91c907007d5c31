import express from 'express4'
import * as work from './work.mjs'

const app = express()
const adapter = await work.adapterOf('express')
const watch = adapter?.rocksolid(adapter.options)
app.use(work.compress(work.OUTSIDE))
if (watch) app.use(watch)
app.use(work.compress(work.INSIDE))
const on = (path, handle) => app.get(path, (req, res, next) => handle(work.idOf(req.url), res, next, req))

app.use((_req, _res, next) => next())
on('/ok', (id, res) => {
  console.log(`printed by ${id}`)
  res.send('ok')
})
for (const [path, fail] of Object.entries(work.THROWS)) on(path, fail)
for (const [path, fail] of Object.entries(work.LATE)) on(path, (id) => void fail(id))
on('/next', (id, _res, next) => next(work.unthrown(id)))
on('/own503', (id, res) => {
  try {
    work.sync(id)
  } catch {
    work.decoys(id)
    res.status(503).send(work.SORRY)
  }
})
on('/own500', (_id, res) => res.status(500).send(work.SORRY))
on('/after', (id, res) => {
  res.write('begun ')
  setTimeout(() => work.sync(id), 50)
})
on('/stream', (id, res) => work.brokenStream(id).pipe(res))
on('/big', (_id, res) => work.bigStream().pipe(res))
on('/events', (id, res) => work.eventStream(id).pipe(res.type('text/event-stream')))
app.post('/upload', (req) => req.on('data', () => work.sync(work.idOf(req.url))))

if (watch) app.use(watch.errors)

app.listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
