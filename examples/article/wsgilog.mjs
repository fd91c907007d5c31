// The article's wsgilog: WsgiLog(app, tohtml=True, tofile='wsgi.log', tostream=True, toprint=True).
//
//   npx rocksolid --no-debugger examples/article/wsgilog.mjs

import http from 'node:http'
import { withLogging } from 'rocksolid/logger'
import { app } from './http-app.mjs'

const logged = withLogging(app, { toHtml: true, toFile: 'wsgi.log', toStream: true, toPrint: true })
http.createServer(logged).listen(process.env.PORT ?? 5000, '0.0.0.0')
