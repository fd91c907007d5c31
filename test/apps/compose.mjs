// The three pieces around one application, outermost first: node compose.mjs access,debugger,logging http|express
import http from 'node:http'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { withLogging } from 'rocksolid/logger'

const [order, kind = 'http'] = process.argv.slice(2)
const wrappers = {
  access: (app) => withAccessLog(app, 'ACCESS %m %U %>s %B'),
  debugger: (app) => withDebugger(app),
  logging: (app) =>
    withLogging(app, {
      toFile: process.env.LOG_FILE,
      toPrint: true,
      ...(process.env.TO_HTML ? { toHtml: true } : {}),
      ...(process.env.PRETTY ? { toStream: true, format: 'pretty' } : {}),
    }),
}

const crash = (word) => {
  const local = word
  throw new Error(`crashed with ${local}`)
}

const loud = () => process.stdout.write(['code', 'of', 'the', 'error', 'ran\n'].join(' '))
const asking = {
  getter: () =>
    Object.defineProperty(new Error('getter'), 'status', { enumerable: false, get: () => loud() && 404 }),
  proxy: () => new Proxy(Object.assign(new Error('proxy'), { status: 404 }), {}),
}

const plain = async (req, res) => {
  const [, asked] = /^\/asks\/(\w+)/.exec(req.url) ?? []
  if (asked) throw asking[asked]?.() ?? Object.assign(new Error('asks'), { status: Number(asked) })
  if (req.url === '/crash') crash('a throw')
  if (req.url === '/crash/async') {
    await null
    crash('a rejection')
  }
  console.log('printed by the application')
  res.end('Hello World!')
}

async function expressApp() {
  const { default: express } = await import('express')
  const app = express()
  app.get('/', (_req, res) => {
    console.log('printed by the application')
    res.send('Hello World!')
  })
  app.get('/crash', () => crash('a throw'))
  app.get('/crash/async', async () => {
    await null
    crash('a rejection')
  })
  return app
}

const names = order === '' ? [] : order.split(',')
const app = names.reduceRight(
  (inner, name) => wrappers[name](inner),
  kind === 'http' ? plain : await expressApp(),
)
http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
