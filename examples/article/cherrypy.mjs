// The article's CherryPy: TransLogger around the application, the autoreloader of the engine, all on the screen.
//
//   node examples/article/cherrypy.mjs

import http from 'node:http'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { runWithReloader } from 'rocksolid/dev'
import { app } from './http-app.mjs'

// FotsTransLogger.write_log: aligned with the lines of the engine, without the offset of the time zone.
const FORMAT = '[%(time)s] REQUES %(REQUEST_METHOD)s %(status)s %(REQUEST_URI)s (%(REMOTE_ADDR)s) %(bytes)s'

// 'engine.autoreload_on': True
await runWithReloader(() => {
  const logged = withAccessLog(withDebugger(app), FORMAT, { timeFormat: '%d/%b/%Y:%H:%M:%S' })
  http.createServer(logged).listen(process.env.PORT ?? 5000, '0.0.0.0')
})
