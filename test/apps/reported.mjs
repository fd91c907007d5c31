// Fails in a file that is named from outside, and hands each error to the logger.
import http from 'node:http'
import { pathToFileURL } from 'node:url'
import { withDebugger } from 'rocksolid/debugger'
import { createLogger, fileSink } from 'rocksolid/logger'

const { FAILING = '', LOG = '' } = process.env
const { fail } = await import(pathToFileURL(FAILING).href)
const log = createLogger({ sinks: [fileSink(LOG)] })

const handler = (req, res) => {
  if (req.url === '/flush') return log.flush().then(() => res.end('flushed'))
  fail({ id: 7 })
}
const report = (error, { id }) => log.fatal({ err: error, id }, 'a request failed')
const server = http.createServer(withDebugger(handler, { report }))
server.listen(0, 'localhost', () => console.log(`listening ${server.address().port}`))
