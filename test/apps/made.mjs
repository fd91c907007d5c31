// Errors that are made in one place and thrown in another, or never thrown but passed on.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function makeError(id) {
  const inMaker = `maker ${id}`
  return new RangeError(`made for ${inMaker}`)
}

function lookUp(id, done) {
  const inLookUp = `look-up ${id}`
  setTimeout(() => {
    const inTimer = `timer ${inLookUp}`
    done(new TypeError(`passed on by ${inTimer}`))
  }, 5)
}

function depthOf(node, level = 0) {
  const children = node.children ?? [node]
  return Math.max(...children.map((child) => depthOf(child, level + 1)))
}

class NotFoundError extends Error {
  constructor(what) {
    super(`no ${what}`)
  }
}

const app = withDebugger(async (req, res, next) => {
  const [, kind, id] = /^\/(\w+)\/(\d+)$/.exec(req.url) ?? []
  if (kind === 'next') {
    const inHandler = `handler ${id}`
    return next(new SyntaxError(`never thrown in ${inHandler}`))
  }
  if (kind === 'callback') return lookUp(id, (error) => next(error))
  if (kind === 'made') {
    const error = makeError(id)
    await pause(10)
    throw error
  }
  if (kind === 'class') {
    const error = new NotFoundError(`thing ${id}`)
    await pause(1)
    throw error
  }
  if (kind === 'deep') return res.end(String(depthOf({ id })))
  res.end('fine')
})

// As a framework would: it hands `next` over.
http
  .createServer((req, res) => app(req, res, () => res.end('nobody')))
  .listen(Number(process.env.PORT), 'localhost', function () {
    console.log('listening', this.address().port)
  })
