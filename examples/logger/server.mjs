// The article's line: wsgilog.WsgiLog(app, tohtml=True, tofile='wsgi.log', tostream=True, toprint=True)
//
//   npm run build && node examples/logger/server.mjs
//   curl localhost:5000/print; curl localhost:5000/crash; cat app.log

import http from 'node:http'
import { withLogging } from 'rocksolid/logger'

function app(req, res) {
  if (req.url === '/crash') throw new Error('three two one', { cause: new TypeError('no ignition') })
  if (req.url === '/print') console.log('someone asked for', req.url)
  req.log.info('answered {url}', { url: req.url })
  res.end('Hello World!\n')
}

const appLogged = withLogging(app, { toHtml: true, toFile: 'app.log', toStream: true, toPrint: true })

const server = http.createServer(appLogged).listen(Number(process.env.PORT ?? 5000), '127.0.0.1', () => {
  console.log(`http://localhost:${server.address().port}/`)
})
