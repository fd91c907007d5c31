// A custom server of Next in development: an App Router page that fails, a route that fails, and good ones.
import http from 'node:http'
import { join } from 'node:path'
import next from 'next'

const root = join(import.meta.dirname, '..', '..', '..')
const app = next({ dev: true, dir: import.meta.dirname, conf: { turbopack: { root } } })
await app.prepare()
const handle = app.getRequestHandler()

http
  .createServer((req, res) => handle(req, res))
  .listen(Number(process.env.PORT), 'localhost', function () {
    console.log('listening', this.address().port)
  })
