import http2 from 'node:http2'
import { handler } from './http.mjs'
import * as work from './work.mjs'

http2.createServer(handler).listen(Number(process.env.PORT), 'localhost', function () {
  work.ready(this)
})
