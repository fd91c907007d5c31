// What each worker of gunicorn.mjs runs.

import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'
import { app } from './http-app.mjs'

http.createServer(withDebugger(app, { terminal: process.stderr })).listen(process.env.PORT ?? 5000, '0.0.0.0')
