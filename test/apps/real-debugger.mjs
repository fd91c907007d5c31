// What a developer does who has a debugger of their own.
import http from 'node:http'
import inspector from 'node:inspector'
import { withDebugger } from 'rocksolid/debugger'

// A minute is over soon.
const { setTimeout: later } = globalThis
globalThis.setTimeout = (run, ms, ...rest) => later(run, ms < 60_000 ? ms : 300, ...rest)

function tolerant(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const app = withDebugger((req, res) => {
  if (req.url === '/statement') {
    const before = performance.now()
    // biome-ignore lint/suspicious/noDebugger: this is what is tested
    debugger
    return res.end(`went on after ${performance.now() - before < 1000 ? 'no' : 'some'} time`)
  }
  if (req.url === '/loop') {
    console.log('looping')
    for (;;);
  }
  if (req.url === '/url') return res.end(inspector.url() ?? 'none')
  if (req.url === '/open') {
    inspector.open(0, '127.0.0.1')
    return res.end(inspector.url())
  }
  if (req.url === '/tolerant') return res.end(String(tolerant('{')))
  if (req.url === '/minute') return setTimeout(() => res.end('over'), 60_000)
  const local = 'own'
  // biome-ignore lint/suspicious/noDebugger: this is what is tested
  if (req.url === '/both') debugger
  throw new Error(local)
})

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
