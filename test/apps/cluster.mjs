// A primary that knows nothing of the debugger, and workers behind one port. Each request says which worker took it.
import cluster from 'node:cluster'
import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

if (cluster.isPrimary) {
  if (process.env.PLANT) plantGroup(process.env.PLANT)
  const count = Number(process.env.WORKERS ?? 3)
  let listening = 0
  cluster.on('listening', (_worker, { port }) => {
    if (++listening === count) console.log('listening', port)
    if (listening > count) console.log('replaced')
  })
  // A worker that dies is replaced, but not for ever: one that cannot start would be forked without end.
  let replaced = 0
  cluster.on('exit', () => replaced++ < 2 && cluster.fork())
  for (let index = 0; index < count; index++) cluster.fork()
} else {
  const app = withDebugger(async (req, res) => {
    res.setHeader('x-worker', String(process.pid))
    const mine = `worker ${process.pid}`
    if (req.url === '/fail') throw new RangeError(`failed in ${mine}`)
    if (req.url === '/die') process.exit(1)
    if (req.url === '/later') res.end(await outer(mine))
    res.end(mine)
  })
  // One connection, one request: the primary hands connections out in turn.
  http.createServer({ keepAlive: false }, app).listen(Number(process.env.PORT), 'localhost')
}

async function outer(mine) {
  const inOuter = mine
  return `${inOuter} ${await inner()}`
}

async function inner() {
  await null
  throw new TypeError('failed later')
}

/** A link where the workers of this primary look for their secrets. */
function plantGroup(target) {
  const application = [process.cwd(), process.argv[1], 0].join('\0')
  const hash = createHash('sha256').update(application).digest('hex').slice(0, 12)
  symlinkSync(target, `${process.env.XDG_RUNTIME_DIR}/rocksolid/group-${process.pid}-${hash}.json`)
}
