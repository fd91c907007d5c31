// An Express application as it is in development, with every kind of error that Express answers by itself.
import compression from 'compression'
import express from 'express'

const app = express()
if (process.env.COMPRESS) app.use(compression({ threshold: 0 }))
app.use(express.json())

function fail(depth) {
  const localOfRoute = 'a local of the route'
  if (depth > 0) return fail(depth - 1)
  throw new TypeError(`failed with ${localOfRoute.length}`)
}

app.get('/throws', () => fail(20))
app.get('/rejects', async () => {
  await null
  fail(3)
})
app.get('/passes', (_req, _res, next) => next(new Error('passed to next')))
app.get('/teapot', (_req, _res, next) => next(Object.assign(new Error('is a teapot'), { status: 418 })))
app.post('/json', (_req, res) => res.end('fine'))
app.get('/own', (_req, res) => res.status(500).send('we are sorry'))
app.get('/caught', (_req, res) => {
  try {
    fail(1)
  } catch {
    res.status(503).json({ sorry: true })
  }
})
app.get('/missing', (_req, res) => res.status(404).send('at home (nobody) is at 12:30:00'))
app.get('/fine', (_req, res) => res.send('fine'))
app.listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
