// What the walk through all screens looks at: an Express app whose routes fail in every way that looks different.

import diagnostics from 'node:diagnostics_channel'
import http from 'node:http'
import express from 'express'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { createLogger, streamSink } from 'rocksolid/logger'

const log = createLogger({ name: 'shop', sinks: [streamSink(process.stdout, { format: 'pretty' })] })
const queries = diagnostics.tracingChannel('pg:query')
const query = (text) => queries.tracePromise(() => pause(9), { query: { text } })
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const goods = { hat: { price: 20, currency: 'GBP' }, scarf: { price: 35, currency: 'EUR' } }
const rates = { GBP: 1, USD: 1.27 }

function convert(amount, currency) {
  const rate = rates[currency]
  return amount * rate.value
}

function totalOf(basket, user) {
  let total = 0
  for (const name of basket) {
    const good = goods[name]
    total += convert(good.price, good.currency)
  }
  return user.member ? total * 0.9 : total
}

class PaymentError extends Error {
  name = 'PaymentError'
}

const app = express()
app.use(function session(req, _res, next) {
  req.user = { id: 7, name: 'Ada', member: true, apiToken: 'sk_live_abcdefghijklmnop' }
  setTimeout(next, 6)
})
app.use(express.json())
app.get('/stock/:good', (req, res) => res.json({ good: req.params.good, left: 3 }))
app.get('/orders/:id/pay', async function payOrder(req) {
  const basket = ['hat', 'scarf']
  console.log('paying order %s with %d goods', req.params.id, basket.length)
  log.warn('stock is low', { good: 'scarf', left: 2 })
  await query('select * from users where id = $1')
  await (await fetch(`${origin}/stock/scarf`)).json()
  await query('select price, currency from goods where name = any($1)')
  try {
    return totalOf(basket, req.user)
  } catch (error) {
    throw new PaymentError(`Order ${req.params.id} could not be paid`, { cause: error })
  }
})
app.get('/one', () => {
  Error.stackTraceLimit = 1
  try {
    throw new RangeError('The page size must be between 1 and 100')
  } finally {
    Error.stackTraceLimit = 50
  }
})
app.get('/deep', () => {
  Error.stackTraceLimit = 500
  const levels = [walk, climb, descend]
  function walk(level) {
    return levels[level % 3](level - 1)
  }
  function climb(level) {
    return levels[level % 3](level - 1)
  }
  function descend(level) {
    if (level <= 0) throw new Error('500 calls deep')
    return levels[(level * 7) % 2](level - 1)
  }
  try {
    descend(500)
  } finally {
    Error.stackTraceLimit = 50
  }
})
app.get('/long', () => {
  const lines = Array.from(
    { length: 40 },
    (_, at) => `  - field ${at}: expected a number, got "${'x'.repeat(at * 3)}"`,
  )
  throw new TypeError(`The order has 40 faults:\n${lines.join('\n')}`)
})
app.get('/wide', () => {
  throw new Error(
    `No such file: /srv/${'very-long-folder-name/'.repeat(12)}index.html?with=a&query=${'x'.repeat(200)}`,
  )
})
app.get('/colours', () => {
  throw new SyntaxError(
    '\x1b[31mUnexpected token\x1b[39m in \x1b[36mviews/cart.html\x1b[39m\n\x1b[2m  11 |\x1b[22m <ul>\n\x1b[31m> 12 |\x1b[39m \x1b[1m{{#each goods}\x1b[22m\n\x1b[2m  13 |\x1b[22m </ul>',
  )
})
app.get('/several', async () => {
  const asks = ['mail', 'stock', 'bank'].map(async (name, at) => {
    await pause(at)
    throw Object.assign(new Error(`${name} did not answer`), { code: 'ETIMEDOUT', host: `${name}.internal` })
  })
  await Promise.any(asks)
})
app.get('/text', () => {
  throw 'just a string'
})
app.get('/begun', async (_req, res) => {
  res.write('half')
  await pause(5)
  throw new Error('after the response had begun')
})
app.get('/users/:id', (_req, res) => res.send('user'))

const server = http.createServer(
  withAccessLog(withDebugger(app, { console: { goods, rates }, editor: 'vscode' }), 'dev'),
)
let origin = ''
server.listen(Number(process.env.PORT ?? 0), 'localhost', () => {
  origin = `http://localhost:${server.address().port}`
  console.log(`listening ${server.address().port}`)
})
