// What is odd about throws in Express, and middleware that changes responses.
import compression from 'compression'
import express from 'express'
import * as work from './work.mjs'

const app = express()
const order = process.env.COMPRESS
if (order === 'first') app.use(compression({ threshold: 0 }))
const adapter = await work.adapterOf('express')
const watch = adapter?.rocksolid(adapter.options)
if (watch) app.use(watch)
if (order === 'last') app.use(compression({ threshold: 0 }))
app.get('/null', () => {
  throw null
})
app.get('/route', () => {
  throw 'route'
})
app.get('/undefined', async () => {
  throw undefined
})
app.get('/fail', (req) => work.sync(work.idOf(req.url)))
app.get('/text', (_req, res) => res.type('text').send('word '.repeat(2000)))
if (watch) app.use(watch.errors)

app.listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
