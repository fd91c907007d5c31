/** The application that is measured, with or without a debugger around it. */

import { withDebugger } from 'rocksolid/debugger'

const body = Buffer.from(JSON.stringify({ user: 7, tabs: ['posts', 'likes'] }))

/** A throw of a library that the application handles, as with an optional header that is no JSON. */
function tolerant(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A throw of the application's own, out of a function that catches it. */
function orElse(value, otherwise) {
  try {
    if (value === undefined) throw new RangeError('no value')
    return value
  } catch {
    return otherwise
  }
}

/** 30 frames of its own on the stack, each with locals. */
function deep(level) {
  const local = { level, text: `level ${level}` }
  if (level === 0) throw new RangeError(`at the bottom, ${local.text}`)
  return deep(level - 1) + local.level
}

/** Milliseconds that each of some throws takes. */
function timed(times, run) {
  const before = process.hrtime.bigint()
  for (let turn = 0; turn < times; turn++) run()
  return String(Number(process.hrtime.bigint() - before) / 1e6 / times)
}

/** A function of many lines, which may fail for many reasons: it is not hidden for one that it handles. */
function largeHandler(req, res) {
  const before = process.hrtime.bigint()
  try {
    JSON.parse('{no json')
  } catch {
    // As if it had not come.
  }
  res.end(String(Number(process.hrtime.bigint() - before) / 1e6))
  if (req.headers.one !== undefined) res.setHeader('one', '1')
  if (req.headers.two !== undefined) res.setHeader('two', '2')
  if (req.headers.three !== undefined) res.setHeader('three', '3')
  if (req.headers.four !== undefined) res.setHeader('four', '4')
  if (req.headers.five !== undefined) res.setHeader('five', '5')
  if (req.headers.six !== undefined) res.setHeader('six', '6')
}

function handler(req, res) {
  const [, page, times] = req.url.split('/')
  if (page === 'caught') return res.end(timed(1, () => tolerant('{no json')))
  if (page === 'large') return largeHandler(req, res)
  if (page === 'chatty') return res.end(timed(Number(times), () => orElse(undefined, 1)))
  if (page === 'json') return res.end(timed(Number(times), () => tolerant('{no json')))
  if (page === 'fail') deep(29)
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

/** The listener of a variant: bare, debugger, no consoles. */
export function listenerOf(variant) {
  if (variant === 'debugger') return withDebugger(handler, { terminal: quiet })
  if (variant === 'no consoles') return withDebugger(handler, { terminal: quiet, evalex: false })
  return plain
}
