// An application that fails, and whose own scripts, workers and middleware are the attacker.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

/** Acts when the head is written, after everybody else: what `on-headers` does for its users. */
function late(res, act) {
  const { writeHead } = res
  res.writeHead = function (...args) {
    act()
    return writeHead.apply(this, args)
  }
}

const WORKER = `
let read = ''
addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(
  Promise.all([clients.claim(), registration.navigationPreload?.enable()]),
))
addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate' || !event.request.url.includes('fail')) return
  event.respondWith((async () => {
    const preloaded = await event.preloadResponse
    const passed = await fetch(event.request)
    for (const one of [preloaded, passed]) if (one) read += '[' + await one.clone().text() + ']'
    return preloaded ?? passed
  })())
})
addEventListener('message', (event) => event.source.postMessage(read))
`

const routes = {
  '/page': (res, query) => {
    for (const [name, value] of query) res.setHeader(name, value)
    res.setHeader('content-type', 'text/html')
    res.end('<!doctype html><title>application</title><body>application</body>')
  },
  '/worker.js': (res) => {
    res.setHeader('content-type', 'text/javascript')
    res.end(WORKER)
  },
  '/late': (res) => {
    late(res, () => {
      res.setHeader('Content-Security-Policy', "script-src * 'unsafe-inline'")
      res.setHeader('access-control-allow-origin', '*')
      res.setHeader('Cache-Control', 'public, max-age=60')
      res.setHeader('Set-Cookie', 'session=1')
      res.removeHeader('X-Frame-Options')
      res.removeHeader('Cross-Origin-Opener-Policy')
    })
    throw new Error('failed late')
  },
}

const app = withDebugger((req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost')
  if (pathname === '/canary') return res.end(String(globalThis.pwned ?? false))
  const secretOfSource = 'only the owner reads this'
  if (routes[pathname] === undefined) throw new Error(`failed with ${secretOfSource.length}`)
  routes[pathname](res, searchParams)
})
http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
