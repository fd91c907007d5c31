// The article's scene: one application, its access log, its debugger and its logger around it, on port 5000.
//
//   node examples/article/server.mjs            around a plain http server
//   node examples/article/server.mjs express    around Express

import http from 'node:http'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { withLogging } from 'rocksolid/logger'

const kind = process.argv[2] ?? 'http'
if (kind !== 'http' && kind !== 'express') {
  console.error(`Unknown server ${JSON.stringify(kind)}. Allowed: http, express.`)
  process.exit(1)
}
const { app } = await import(`./${kind}-app.mjs`)

// wsgilog.WsgiLog(app, tohtml=True, tofile='wsgi.log', tostream=True, toprint=True)
const logged = withLogging(app, { toHtml: true, toFile: 'app.log', toStream: true, toPrint: true })

// DebuggedApplication(app, evalex=True)
const debugged = withDebugger(logged, { evalex: true })

// TransLogger(app, format=…), with the article's write_log that leaves out the time zone
const served = withAccessLog(
  debugged,
  '[%(time)s] REQUES %(REQUEST_METHOD)s %(status)s %(REQUEST_URI)s (%(REMOTE_ADDR)s) %(bytes)s',
  { timeFormat: '%d/%b/%Y:%H:%M:%S' },
)

const server = http.createServer(served)
const wanted = Number(process.env.PORT ?? 5000)
listen(wanted)

function listen(port) {
  server.once('error', (error) => {
    if (error.code !== 'EADDRINUSE' || port >= wanted + 20) throw error
    console.log(`Port ${port} is taken, trying ${port + 1}.`)
    listen(port + 1)
  })
  server.listen(port, 'localhost', () => {
    server.removeAllListeners('error')
    const origin = `http://localhost:${server.address().port}`
    console.log(`
Serving the article's application (${kind}) on ${origin}

  ${origin}/              Hello World!
  ${origin}/print         prints with console.log
  ${origin}/crash         throws three calls deep, with a cause
  ${origin}/crash/async   throws after an await, three awaits deep
  ${origin}/slow          streams
  ${origin}/user/1        works; /user/3 and /user/bob fail

Click the debugger's link (or use its PIN) to unlock the consoles, open ${origin}/crash in a browser,
and type into a frame, for example:  bill.currency   card.holder = 'Grace'   this
Everything is also written to ${process.cwd()}/app.log. Ctrl-C stops.
`)
  })
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 1000).unref()
  })
}
