// gevent's run_with_reloader: node examples/dev/server.mjs, then edit this file. No request is lost meanwhile.

import http from 'node:http'
import { runWithReloader } from 'rocksolid/dev'

function app(_req, res) {
  res.end('Hello World!\n')
}

await runWithReloader(() => {
  const server = http.createServer(app).listen(process.env.PORT ?? 5000, '127.0.0.1', () => {
    console.log(`listening ${server.address().port}`)
  })
})
