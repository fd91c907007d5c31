import http from 'node:http'
import * as work from './work.mjs'

export const handler = (req, res) => {
  const id = work.idOf(req.url)
  const path = req.url.split('?')[0]
  const fail = work.THROWS[path] ?? work.LATE[path]
  if (fail !== undefined) return fail(id)
  switch (path) {
    case '/ok':
      console.log(`printed by ${id}`)
      return res.end('ok')
    case '/own503':
      try {
        work.sync(id)
      } catch {
        work.decoys(id)
        res.statusCode = 503
        return res.end(work.SORRY)
      }
      return undefined
    case '/own500':
      res.statusCode = 500
      return res.end(work.SORRY)
    case '/after':
      res.write('begun ')
      return setTimeout(() => work.sync(id), 50)
    case '/stream':
      return work.brokenStream(id).pipe(res)
    case '/big':
      return work.bigStream().pipe(res)
    case '/events':
      res.setHeader('content-type', 'text/event-stream')
      return work.eventStream(id).pipe(res)
    case '/upload':
      console.log(`asked for ${req.url}`)
      req.on('data', () => work.sync(id))
      return undefined
    default:
      res.statusCode = 404
      return res.end('nothing here')
  }
}

if (import.meta.filename === process.argv[1]) {
  const compress = [work.OUTSIDE, work.INSIDE].map(work.compress)
  const listener = (req, res) => compress[0](req, res, () => compress[1](req, res, () => handler(req, res)))
  http.createServer(listener).listen(Number(process.env.PORT), 'localhost', function () {
    work.ready(this)
  })
}
