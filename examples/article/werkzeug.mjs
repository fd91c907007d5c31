// The article's Werkzeug: DebuggedApplication(app, evalex=True) around the application, under any server.
//
//   npx rocksolid --no-debugger examples/article/werkzeug.mjs

import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'
import { app } from './http-app.mjs'

const debugged = withDebugger(app, { evalex: true })
http.createServer(debugged).listen(process.env.PORT ?? 5000, '0.0.0.0')
