// Servers that exist before the register is loaded, other patchers of `emit`, worker threads; chosen by MODE.
import http from 'node:http'
import { isMainThread, Worker } from 'node:worker_threads'

const mode = process.env.MODE

function handler(req, res) {
  if (req.url === '/throw') throw new Error(`thrown in ${mode}`)
  if (req.url === '/rejected') return Promise.reject(new Error(`rejected in ${mode}`))
  if (req.url === '/twice') {
    for (const time of ['first', 'second']) setTimeout(() => fail(time), 5)
    return
  }
  res.end('ok')
}

function fail(time) {
  throw new Error(`${time} failure of a request`)
}

/** Wraps as tracing agents do. */
function wrapEmit() {
  const { emit } = http.Server.prototype
  http.Server.prototype.emit = function traced(event, ...args) {
    if (event === 'request') args[1].setHeader('x-traced', 'yes')
    return emit.call(this, event, ...args)
  }
}

const server = http.createServer(handler)
const thread = isMainThread || mode !== 'threads' ? '' : ' in a thread'
const listen = () =>
  server.listen(Number(process.env.PORT), 'localhost', () =>
    console.log(`listening${thread}`, server.address().port),
  )

if (mode === 'worker' && isMainThread) {
  new Worker(new URL(import.meta.url))
} else if (mode === 'threads') {
  listen()
  if (isMainThread) server.on('listening', () => new Worker(new URL(import.meta.url)))
} else if (mode === 'late') {
  server.listen(Number(process.env.PORT), 'localhost', async () => {
    await import('rocksolid/register')
    console.log('listening', server.address().port)
  })
} else {
  if (mode === 'traced') wrapEmit()
  if (mode === 'listening') process.on('unhandledRejection', () => console.log('heard'))
  if (mode === 'uncaught') setTimeout(() => handler({ url: '/throw' }), 200)
  listen()
}
