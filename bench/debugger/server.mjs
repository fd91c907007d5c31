/** One server under measurement: `server.mjs <bare|debugger|no consoles>`. */

import { createServer } from 'node:http'
import { withDebugger } from 'rocksolid/debugger'
import { serveMeasured } from '../harness.mjs'

const [variant] = process.argv.slice(2)
const body = Buffer.from(JSON.stringify({ user: 7, tabs: ['posts', 'likes'] }))

/** A throw of a library that the application handles, as with an optional header that is no JSON. */
function tolerant(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** 30 frames of its own on the stack, each with locals. */
function deep(level) {
  const local = { level, text: `level ${level}` }
  if (level === 0) throw new RangeError(`at the bottom, ${local.text}`)
  return deep(level - 1) + local.level
}

function handler(req, res) {
  if (req.url === '/caught') {
    // One throw, timed by itself.
    const before = process.hrtime.bigint()
    tolerant('{no json')
    res.end(String(Number(process.hrtime.bigint() - before) / 1e6))
    return
  }
  if (req.url.startsWith('/chatty/')) {
    const times = Number(req.url.slice('/chatty/'.length))
    const before = process.hrtime.bigint()
    for (let turn = 0; turn < times; turn++) tolerant('{no json')
    res.end(String(Number(process.hrtime.bigint() - before) / 1e6 / times))
    return
  }
  if (req.url === '/fail') deep(29)
  res.setHeader('content-type', 'application/json')
  res.setHeader('content-length', body.length)
  res.end(body)
}

function plain(req, res) {
  try {
    handler(req, res)
  } catch (error) {
    // What a server without a debugger does: the stack to the log, a bare 500.
    process.stdout.write(`${error.stack}\n`)
    res.statusCode = 500
    res.end('Internal Server Error')
  }
}

const quiet = { write() {} }
const listener =
  variant === 'debugger'
    ? withDebugger(handler, { terminal: quiet })
    : variant === 'no consoles'
      ? withDebugger(handler, { terminal: quiet, evalex: false })
      : plain
serveMeasured(createServer(listener))
