/**
 * The access log around a plain server: `node examples/access/server.mjs [format]`.
 * Try `pretty`, `combined`, `json`, ':method :url :status' or the line below, which is the article's.
 */

import { createServer } from 'node:http'
import { withAccessLog } from 'rocksolid/access'

const format =
  process.argv[2] ??
  '[%(time)s] REQUES %(REQUEST_METHOD)s %(status)s %(REQUEST_URI)s (%(REMOTE_ADDR)s) %(bytes)s'

function app(req, res) {
  if (req.url === '/') res.end('Hello World!\n')
  else if (req.url === '/slow') setTimeout(() => res.end('at last\n'), 300)
  else if (req.url === '/crash') throw new Error('as you wished')
  else {
    res.statusCode = 404
    res.end('There is nothing here.\n')
  }
}

/** An error becomes a 500; the access log, further out, has seen the error itself. */
function answering(req, res) {
  try {
    logged(req, res)
  } catch {
    res.statusCode = 500
    res.end('The server failed.\n')
  }
}

const logged = withAccessLog(app, format, { timeFormat: '%d/%b/%Y:%H:%M:%S' })

const server = createServer(answering)
server.listen(Number(process.env.PORT ?? 5000), () => {
  const { port } = server.address()
  console.log(`Listening on http://localhost:${port}/ - try /, /slow, /crash and /nothing`)
})
