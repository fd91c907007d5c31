// A production set-up: JSON lines in a file that rotates, errors to a collector and by mail, debug lines of a
// request only when that request fails, and the server's own prints in the same log.
//
//   npm run build && node examples/logger/production.mjs
//   curl localhost:5000/; curl localhost:5000/broken; cat logs/app.log
//
// COLLECTOR=http://localhost:4318/v1/logs and MAIL_TO=ops@example.com switch the sinks to other machines on.

import http from 'node:http'
import {
  captureConsole,
  createLogger,
  emailSink,
  fileSink,
  fingersCrossed,
  otlpSink,
  streamSink,
  withLogging,
} from 'rocksolid/logger'

const { COLLECTOR, MAIL_TO, MAIL_SERVER = 'smtp://localhost:25', PORT = '5000' } = process.env

const file = fileSink('logs/app.log', {
  rotate: ['100 MB', 'daily'],
  keep: { count: 30, size: '2 GB' },
  compress: 'gzip',
})
const sinks = [fingersCrossed(file, { pass: 'info' }), { sink: streamSink(), level: 'info' }]
if (COLLECTOR) sinks.push(otlpSink(COLLECTOR, { resource: { 'service.name': 'shop' }, spool: 'logs/spool' }))
if (MAIL_TO) sinks.push(emailSink({ to: MAIL_TO, server: MAIL_SERVER, spool: 'logs/mails' }))

const log = createLogger({
  name: 'shop',
  level: 'debug',
  sinks,
  redact: ['user.card', '**.iban'],
  rateLimit: { records: 100, perMs: 1000 },
})
captureConsole(log)

function app(req, res) {
  req.log.debug('looking for {url}', { url: req.url })
  if (req.url === '/broken') throw new Error('the shelf is empty')
  req.log.info('served', { user: { id: 7, card: '4242' } })
  res.end('Hello World!\n')
}

const server = http.createServer(withLogging(app, { logger: log })).listen(Number(PORT), '127.0.0.1', () => {
  log.info('listening on http://localhost:{port}/', { port: server.address().port })
})

process.on('SIGTERM', () => {
  server.close(() => log.close())
  server.closeIdleConnections()
})
