/** One server of the benchmark: `server.mjs bare|rocksolid <file>`: the access log and the debugger, or neither. */

import { createServer } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { serveMeasured } from '../harness.mjs'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

const [variant, file] = process.argv.slice(2)

function answer(req, res) {
  if (req.url.startsWith('/crash')) throw new Error(`crash ${req.url}`)
  res.end('hello')
}

let handler = (req, res) => {
  try {
    answer(req, res)
  } catch (error) {
    res.writeHead(500).end(error.stack)
  }
}
if (variant === 'rocksolid') {
  const { accessLog, withDebugger } = await import('rocksolid')
  const log = accessLog('combined', { to: file })
  const debugged = withDebugger(answer, { terminal: false })
  handler = (req, res) => log(req, res, () => debugged(req, res))
}
const server = createServer(handler)
server.maxConnections = 20_000
serveMeasured(server, () => {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed + external }
})
