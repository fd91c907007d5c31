// The article's gevent: @werkzeug.serving.run_with_reloader around the function that serves.
//
//   node examples/article/gevent.mjs

import http from 'node:http'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { runWithReloader } from 'rocksolid/dev'
import { app } from './http-app.mjs'

await runWithReloader(function runServer() {
  http.createServer(withAccessLog(withDebugger(app))).listen(process.env.PORT ?? 5000, '0.0.0.0')
})
