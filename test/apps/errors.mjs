// Fails a given number of times with a large local, and tells how much memory stayed. Run with --expose-gc.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

function fail(index) {
  const large = new Array(20_000).fill(index)
  throw new Error(`number ${large.length}`)
}

const app = withDebugger(
  (req, res) => {
    if (req.url.startsWith('/fail/')) return fail(Number(req.url.slice(6)))
    if (req.url === '/caught') {
      for (let index = 0; index < 100; index++) {
        try {
          fail(index)
        } catch {}
      }
    }
    globalThis.gc()
    res.end(String(process.memoryUsage().heapUsed))
  },
  { terminal: false, maxErrors: 20 },
)

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
  console.log('PIN', app.pin)
})
