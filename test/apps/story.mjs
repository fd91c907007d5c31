// An Express app whose requests do many things before they fail.
import diagnostics from 'node:diagnostics_channel'
import http from 'node:http'
import express from 'express'
import { withDebugger } from 'rocksolid/debugger'
import { createLogger } from 'rocksolid/logger'

const records = []
const log = createLogger({ name: 'shop', sinks: [(record) => records.push(record)], redact: true })
// What clients of databases publish, without a database.
const queries = diagnostics.tracingChannel('pg:query')
const query = (text, result) => queries.tracePromise(async () => result, { query: { text } })
const failing = (text) =>
  queries.tracePromise(
    async () => {
      throw Object.assign(new Error('relation "goods" does not exist'), { code: '42P01' })
    },
    { query: { text } },
  )

const app = express()
app.use(function timing(_req, _res, next) {
  setTimeout(next, 12)
})
app.use(express.json())
app.get('/up', (_req, res) => res.send('up'))
app.get('/down', (_req, res) => res.status(503).send('down'))
app.post('/orders/:id', async function placeOrder(req, res) {
  console.log('placing order %s', req.params.id)
  log.warn('stock is low', { left: 2, apiKey: 'sk_live_abcdefghijklmnop' })
  process.stdout.write('authorization: Bearer abcdefghijklmnopqrstuvwxyz012345\n')
  await (await fetch(`${origin}/up?token=secret`)).text()
  await new Promise((resolve) => http.get(`${origin}/down`, (answer) => answer.resume().on('end', resolve)))
  await query('select *\n  from users', [])
  await failing('select * from goods').catch(() => {})
  for (let count = 0; count < 300 && req.body.many; count++) {
    console.log('line %d', count)
    await query(`select ${count}`)
  }
  if (req.body.begin) res.write('half')
  throw Object.assign(new Error('no such good'), {
    status: 409,
    headers: { 'Retry-After': '7', 'X-Reason': 'stock' },
  })
})
app.delete('/orders/:id', (req, res) => res.send(`deleted ${req.params.id}`))
app.use((req, _res, next) =>
  req.query.lost === undefined
    ? next()
    : next(Object.assign(new Error('Not Found'), { name: 'NotFoundError', status: 404 })),
)
app.get('/headers', () => {
  throw Object.assign(new Error('wrong headers'), {
    headers: {
      'Content-Length': '3',
      'Content-Security-Policy': '*',
      'X Bad': '1',
      'X-Split': 'a\r\nb: c',
      'X-Fine': 1,
    },
  })
})
app.get('/quiet', () => {
  throw new Error('quiet')
})
app.get('/users/:id', (_req, res) => res.send('user'))

const server = http.createServer(withDebugger(app))
let origin = ''
server.listen(0, () => {
  origin = `http://localhost:${server.address().port}`
  console.log(`listening ${server.address().port}`)
})
