// A server whose globals were changed: by a library, or by who found a way to write into prototypes.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

const STACKS = {
  throws: () => {
    throw new Error('never seen')
  },
  sites: (_error, sites) => sites,
  number: () => 7,
  nothing: () => undefined,
  again: (error) => error.stack,
}

const server = http.createServer(
  withDebugger((req) => {
    const kind = req.url.slice(1)
    if (kind in STACKS) Error.prepareStackTrace = STACKS[kind]
    throw new Error('for its owner alone')
  }),
)
server.listen(0, '127.0.0.1', () => {
  console.log(`listening ${server.address().port}`)
  Object.assign(Object.prototype, JSON.parse(process.env.POLLUTION ?? '{}'))
})
