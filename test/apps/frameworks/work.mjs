// What every application of the framework suite does, whatever framework carries it. Each failure names its request.
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import compression from 'compression'
import { WebSocketServer } from 'ws'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function fail(id, kind) {
  const local = `local of ${id}`
  throw new TypeError(`${kind} ${id}`, local === '' ? {} : undefined)
}

async function failDeep(id, depth) {
  await pause(1)
  if (depth > 0) return await failDeep(id, depth - 1)
  return await Promise.reject(new RangeError(`nested ${id}`))
}

/** Four exceptions that the application catches in its normal life. */
export function decoys(id) {
  for (let turn = 0; turn < 4; turn++) {
    try {
      JSON.parse(`{decoy ${id} ${turn}`)
    } catch {}
  }
}

export const sync = (id) => fail(id, 'sync')

export async function later(id) {
  await pause(2)
  fail(id, 'async')
}

export const nested = (id) => Promise.all([pause(1), failDeep(id, 3)])

export function decoy(id) {
  decoys(id)
  fail(id, 'decoy')
}

export function wrapped(id) {
  try {
    fail(id, 'inner')
  } catch (cause) {
    throw new Error(`wrapped ${id}`, { cause })
  }
}

export function text(id) {
  throw `a string ${id}`
}

/** Fails after the handler has returned, where no framework can catch it. */
export const timer = (id) => void setTimeout(() => fail(id, 'timer'), 2)

export function emitter(id) {
  const events = new EventEmitter()
  events.on('go', () => fail(id, 'emitter'))
  setImmediate(() => events.emit('go'))
}

/** An error that was made and never thrown. */
export const unthrown = (id) => new Error(`passed ${id}`)

/** A stream that breaks after its first chunk. */
export function brokenStream(id) {
  let turn = 0
  return new Readable({
    read() {
      if (turn++ === 0) this.push('begun ')
      else this.destroy(new Error(`stream ${id}`))
    },
  })
}

/** Chunks that the next big stream is asked for, and chunks that big streams have made. */
let chunks = 64
let made = 0

/** 64 chunks of 64 KiB, or as many as the URL asks for, made only as fast as they are read. */
export function bigStream() {
  let left = chunks
  return new Readable({
    read() {
      made++
      this.push(left-- > 0 ? Buffer.alloc(65_536, 'x') : null)
    },
  })
}

/** The events that their readers have said they have. */
const seen = new Set()
const saying = new EventEmitter()

function readerHas(event) {
  seen.add(event)
  saying.emit(event)
}

/** Three events as text of an event stream. After each the stream rests until its reader says that it has it. */
async function* events(id) {
  for (let turn = 1; turn <= 3; turn++) {
    yield `data: ${turn}\n\n`
    const event = `${id}.${turn}`
    if (!seen.has(event)) await once(saying, event)
  }
}

export const eventStream = (id) => Readable.from(events(id), { objectMode: false })

/** The places of compression: outside of the adapter, and inside. */
export const OUTSIDE = 'outside'
export const INSIDE = 'inside'

/** Whether a request is to be compressed in this place. */
export const wantsCompression = (headers, place) => headers['x-compress'] === place

const gzip = compression({ threshold: 0, filter: () => true })

/** Compresses the answers of requests that ask for it in this place. */
export const compress = (place) => (req, res, next) =>
  wantsCompression(req.headers, place) ? gzip(req, res, next) : next()

/** What the application answers when it has dealt with a failure itself. */
export const SORRY = 'try again later'

export function idOf(url) {
  const { searchParams } = new URL(url, 'http://localhost')
  chunks = Number(searchParams.get('chunks') ?? 64)
  if (searchParams.has('made')) console.log(`made ${made} of ${searchParams.get('made')}`)
  if (searchParams.has('seen')) readerHas(searchParams.get('seen'))
  return searchParams.get('id') ?? 'none'
}

/** Says that the server listens, and gives it a websocket that answers with what it gets. */
export function ready(server) {
  new WebSocketServer({ server, path: '/ws' }).on('connection', (socket) => {
    socket.on('message', (data) => socket.send(data.toString()))
  })
  console.log('listening', server.address().port)
}

/** The failures by the path that has them. */
export const THROWS = {
  '/sync': sync,
  '/decoy': decoy,
  '/wrapped': wrapped,
  '/text': text,
  '/async': later,
  '/nested': nested,
}
/** Failures outside of the handler, and an answer that was never given. */
export const LATE = { '/timer': timer, '/emitter': emitter }

/** With ADAPTER set, the options of an adapter; it then does the work, without the register. */
export async function adapterOf(name) {
  if (!process.env.ADAPTER) return undefined
  const [{ rocksolid }, { createDebugger }] = await Promise.all([
    import(`rocksolid/${name}`),
    import('rocksolid/debugger'),
  ])
  return { rocksolid, options: { debugger: createDebugger(), access: process.env.ACCESS ?? 'combined' } }
}
