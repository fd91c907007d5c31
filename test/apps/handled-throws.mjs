// Throws that the application handles itself, and how many of them have paused the process.
import http from 'node:http'
import inspector from 'node:inspector'
import { withDebugger } from 'rocksolid/debugger'
import { large } from './large.mjs'

let pauses = 0
const { on } = inspector.Session.prototype
inspector.Session.prototype.on = function (name, listener) {
  const counted = (...args) => {
    pauses++
    return Reflect.apply(listener, this, args)
  }
  return Reflect.apply(on, this, [name, name === 'Debugger.paused' ? counted : listener])
}

/** Small, and catches by itself. */
function tolerant(text, isStrict) {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (isStrict) throw error
    return undefined
  }
}

/** Throws what others handle. */
function thrower(text) {
  throw new RangeError(text)
}

function attempt(work) {
  try {
    return work()
  } catch {
    return undefined
  }
}

const routes = {
  '/tolerant': () => tolerant('{no json'),
  '/tolerant/fails': () => tolerant('{no json', true),
  '/large': () => large({ item: {} }),
  '/large/fails': () => large({}),
  '/thrower': () => attempt(() => thrower('handled')),
  '/thrower/fails': () => thrower('not handled'),
}

const app = withDebugger((req, res) => {
  const before = pauses
  routes[req.url]()
  res.end(String(pauses - before))
}, {})

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
