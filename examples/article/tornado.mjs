// The article's Tornado: tornado.autoreload.start(io_loop), options from the command line.
//
//   node examples/article/tornado.mjs --port 5000

import http from 'node:http'
import { parseArgs } from 'node:util'
import { withAccessLog } from 'rocksolid/access'
import { withDebugger } from 'rocksolid/debugger'
import { autoreload } from 'rocksolid/dev'
import { app } from './http-app.mjs'

await autoreload.start()
autoreload.addReloadHook(() => console.log('reloading'))

const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '5000' } } })
http.createServer(withAccessLog(withDebugger(app))).listen(Number(values.port), '0.0.0.0')
