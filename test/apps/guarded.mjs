// A failing route behind the debugger, over any transport, and what has reached or harmed the application.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { withDebugger } from 'rocksolid/debugger'

const { TRANSPORT = 'http', TLS_FOLDER = '', LISTEN = '' } = process.env
const reached = []

const app = withDebugger(
  (req, res) => {
    if (req.url === '/canary') return res.end(JSON.stringify({ pwned: globalThis.pwned ?? false, reached }))
    reached.push(req.url)
    if (req.url.startsWith('/fail')) {
      const secretOfSource = 'only the owner reads this'
      throw new Error(`failed in ${req.method}`, { cause: secretOfSource })
    }
    res.end('the application')
  },
  JSON.parse(process.env.DEBUGGER_OPTIONS ?? '{}'),
)

const tls = () => ({
  key: readFileSync(`${TLS_FOLDER}/key.pem`),
  cert: readFileSync(`${TLS_FOLDER}/cert.pem`),
  allowHTTP1: true,
})
const servers = {
  http: () => http.createServer(app),
  https: () => https.createServer(tls(), app),
  http2: () => http2.createSecureServer(tls(), app),
  h2c: () => http2.createServer(app),
}
const server = servers[TRANSPORT]()
const ready = () => console.log('listening', typeof server.address() === 'string' ? 0 : server.address().port)
if (LISTEN.startsWith('/')) server.listen(LISTEN, ready)
else server.listen(Number(process.env.PORT), LISTEN || 'localhost', ready)
