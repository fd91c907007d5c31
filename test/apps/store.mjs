// Errors that repeat, that are heavy, and that are thrown again on their way.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

function deepest() {
  const inDeepest = 'deep'
  throw new Error(inDeepest)
}

function passedOn() {
  try {
    deepest()
  } catch (error) {
    error.seen = true
    throw error
  }
}

async function passedOnLater() {
  await null
  try {
    passedOn()
  } catch (error) {
    const atSecond = 'second'
    if (atSecond) throw error
  }
}

const routes = {
  '/again': () => {
    throw new RangeError('the same bug')
  },
  '/other': () => {
    throw new TypeError('another bug')
  },
  '/rethrown': passedOnLater,
  '/retried': () => {
    let last
    for (let turn = 0; turn < 30; turn++) {
      try {
        if (last) throw last
        deepest()
      } catch (error) {
        last = error
      }
    }
    throw last
  },
}

const app = withDebugger(
  async (req, res) => {
    const [, megabytes] = /^\/heavy\/(\d+)$/.exec(req.url) ?? []
    if (megabytes !== undefined) {
      const heavy = [Buffer.alloc(Number(megabytes) * 1e6)]
      throw new Error(`heavy ${heavy.length}`)
    }
    const result = await routes[req.url]()
    res.end(String(result))
  },
  JSON.parse(process.env.DEBUGGER_OPTIONS ?? '{}'),
)

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
