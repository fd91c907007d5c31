import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { connect as connectSocket, createServer as createRelay } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { attach } from '../../src/access.ts'
import { Lines, listen } from './support.ts'

// What comes over HTTP/2 from a server that is attached to, beside the same server alone: each frame, and what a client
// makes of them.

type Ask = (session: ClientHttp2Session) => readonly ClientHttp2Stream[]

interface Case {
  readonly wire: (server: Http2Server) => unknown
  readonly ask?: Ask
  readonly lines: readonly string[]
}

const get =
  (headers: IncomingHttpHeaders = {}, body?: string): Ask =>
  (session) => {
    const stream = session.request({ ':path': '/a', ...headers }, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    return [stream]
  }

const onStream =
  (answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => unknown) => (server: Http2Server) =>
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      answer(stream, headers)
    })

const own = fileURLToPath(import.meta.url)

const CASES: Readonly<Record<string, Case>> = {
  'a request': {
    wire: (server) => server.on('request', (_req, res) => void res.end('hello')),
    lines: ['GET /a 200 ok'],
  },
  'headers, cookies and a status of its own': {
    wire: (server) =>
      server.on('request', (_req, res) => {
        res.setHeader('set-cookie', ['a=1', 'b=2'])
        res.writeHead(418, { 'x-own': 'kept' }).end('tea')
      }),
    lines: ['GET /a 418 ok'],
  },
  'a body that comes back in pieces': {
    wire: (server) => server.on('request', (req, res) => void req.pipe(res)),
    ask: get({ ':method': 'POST' }, 'x'.repeat(40_000)),
    lines: ['POST /a 200 ok'],
  },
  'trailers, of the request and of the answer': {
    wire: (server) =>
      server.on('request', (req, res) => {
        req.resume().on('end', () => {
          res.write('sum ')
          res.addTrailers({ 'x-sum': String(req.trailers['x-sent']) })
          res.end('made')
        })
      }),
    ask: (session) => {
      const stream = session.request({ ':path': '/a', ':method': 'POST' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sent': '42' }))
      stream.end('body')
      return [stream]
    },
    lines: ['POST /a 200 ok'],
  },
  'early hints, then the answer': {
    wire: (server) =>
      server.on('request', (_req, res) => {
        res.writeEarlyHints({ link: '</style.css>; rel=preload' })
        res.end('hinted')
      }),
    lines: ['GET /a 200 ok'],
  },
  'HEAD, which has no body': {
    wire: (server) => server.on('request', (_req, res) => void res.end('hello')),
    ask: get({ ':method': 'HEAD' }),
    lines: ['HEAD /a 200 ok'],
  },
  '204': {
    wire: (server) => server.on('request', (_req, res) => void res.writeHead(204).end()),
    lines: ['GET /a 204 ok'],
  },
  '100, which Node sends by itself': {
    wire: (server) => server.on('request', (req, res) => void req.resume().on('end', () => res.end('got'))),
    ask: get({ ':method': 'POST', expect: '100-continue' }, 'body'),
    lines: ['POST /a 200 ok'],
  },
  '417 for an expectation': {
    wire: (server) => server.on('request', (_req, res) => void res.end('never')),
    ask: get({ expect: 'tea' }),
    lines: ['GET /a 417 rejected'],
  },
  CONNECT: {
    wire: (server) => {
      server.on('request', (_req, res) => void res.end('never'))
      server.on('connect', (_req, res) => {
        res.writeHead(200)
        res.end('through')
      })
    },
    ask: (session) => [
      session.request({ ':method': 'CONNECT', ':authority': 'a.test:443' }, { endStream: true }),
    ],
    lines: ['CONNECT a.test:443 200 upgraded'],
  },
  'streams of the session': {
    wire: onStream((stream) => {
      stream.respond({ ':status': 203, 'x-own': 'stream' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-last': 'yes' }))
      stream.end('by stream')
    }),
    lines: ['GET /a 203 ok'],
  },
  'a file': {
    wire: onStream((stream) => stream.respondWithFile(own, { 'content-type': 'text/plain' })),
    lines: ['GET /a 200 ok'],
  },
  'a push beside the answer': {
    wire: onStream((stream) => {
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond()
        pushed.end('pushed')
      })
      stream.respond()
      stream.end('asked')
    }),
    lines: ['GET /a 200 ok'],
  },
  'a stream refused': { wire: onStream((stream) => stream.close(7)), lines: ['GET /a 499 reset'] },
  'a stream closed with a code of its own, after it had begun': {
    wire: onStream((stream) => {
      stream.respond()
      stream.write('begun', () => stream.close(11))
    }),
    lines: ['GET /a 200 reset'],
  },
  'a stream that is destroyed with an error': {
    wire: onStream((stream) => void stream.destroy(new Error('broken'))),
    lines: ['GET /a 499 reset'],
  },
  'a response that is destroyed': {
    wire: (server) => server.on('request', (_req, res) => void res.destroy()),
    lines: ['GET /a 499 aborted'],
  },
  'a request that the client takes back': {
    wire: onStream((stream) => {
      stream.respond()
      stream.write('begun')
    }),
    ask: (session) => {
      const stream = session.request({ ':path': '/a' })
      stream.once('data', () => stream.close(8))
      return [stream]
    },
    lines: ['GET /a 200 reset'],
  },
  'a session that ends: GOAWAY, and what has begun is finished': {
    wire: (server) =>
      server.on('request', (req, res) => {
        req.stream.session?.close()
        res.end('last')
      }),
    lines: ['GET /a 200 ok'],
  },
  'GOAWAY with a code and a word': {
    wire: (server) =>
      server.on('request', (req, res) => {
        res.end('bye')
        res.stream.once('close', () => req.stream.session?.goaway(11, 1, Buffer.from('enough')))
      }),
    lines: ['GET /a 200 ok'],
  },
  'a session that is destroyed': {
    wire: (server) => server.on('request', (req) => void req.stream.session?.destroy(undefined, 2)),
    lines: ['GET /a 499 aborted'],
  },
  'several at once': {
    wire: (server) => server.on('request', (req, res) => void res.end(`hello ${req.url}`)),
    ask: (session) => ['/1', '/2', '/3'].map((path) => session.request({ ':path': path })),
    lines: ['GET /1 200 ok', 'GET /2 200 ok', 'GET /3 200 ok'],
  },
}

/** Both kinds of servers, with all that came; what is asked of the one at once is asked of the other. */
async function compared(wire: Case['wire'], ask: (port: number) => Promise<unknown>) {
  const log = new Lines()
  const answers: unknown[] = []
  for (const isAttached of [false, true]) {
    const server = createServer()
    wire(server)
    const listeners = server.eventNames().map((name) => [name, server.listenerCount(name)])
    if (isAttached) attach(server, ':method :url :status :outcome', { to: log.to })
    // A listener changes what Node does by itself.
    expect(server.eventNames().map((name) => [name, server.listenerCount(name)])).toEqual(listeners)
    answers.push(await ask(await listen(server as never)))
  }
  return { log, answers }
}

describe('attach answers frame for frame what the server alone does', () => {
  it.each(Object.entries(CASES))('%s', async (_title, { wire, ask = get(), lines }) => {
    const { log, answers } = await compared(wire, (port) => asked(port, ask))
    expect(answers[1]).toEqual(answers[0])
    expect(JSON.stringify(answers[0])).toMatch(/"HEADERS|"RST_STREAM|"GOAWAY/)
    await log.wait(lines.length)
    expect([...log.all].sort()).toEqual([...lines].sort())
  })

  const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
  const SETTINGS = '\0\0\0\x04\0\0\0\0\0'

  it.each([
    ['no preface', 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'],
    ['settings of a wrong size', `${PREFACE}\0\0\x05\x04\0\0\0\0\0aaaaa`],
    ['a header block that is none', `${PREFACE}${SETTINGS}\0\0\x04\x01\x05\0\0\0\x01\xff\xff\xff\xff`],
    ['a request without a path', `${PREFACE}${SETTINGS}\0\0\x02\x01\x05\0\0\0\x01\x82\x86`],
    ['data for a stream that is not open', `${PREFACE}${SETTINGS}\0\0\x01\0\0\0\0\0\x05x`],
    ['an even stream', `${PREFACE}${SETTINGS}\0\0\x03\x01\x05\0\0\0\x02\x82\x86\x84`],
  ])('%s, byte for byte', async (_title, sent) => {
    const wire: Case['wire'] = (server) => {
      server.on('request', (_req, res) => void res.end('never'))
      server.on('sessionError', () => {})
    }
    const { log, answers } = await compared(wire, (port) => bytesFor(port, sent))
    expect(answers[1]).toBe(answers[0])
    expect(String(answers[0])).not.toBe('')
    expect(log.all).toEqual([])
  })
})

const TYPES =
  'DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION'.split(' ')

/** What a client of a connection of its own hears, and the frames of each stream in their order. */
async function asked(port: number, ask: Ask): Promise<unknown> {
  const received: Buffer[] = []
  const between = await recorder(port, (chunk) => received.push(chunk))
  const heard: (readonly unknown[])[] = []
  const session = connect(`http://127.0.0.1:${between}`)
  session.on('error', (error) => heard.push(['error', error.message]))
  session.on('goaway', (code, last, data?: Buffer) => heard.push(['goaway', code, last, data?.toString()]))
  session.on('stream', (pushed, headers) => listenTo(pushed, `pushed ${headers[':path']}`, heard))
  const streams = ask(session)
  await Promise.all(streams.map((stream, index) => listenTo(stream, `stream ${index}`, heard)))
  // What follows the last stream, such as GOAWAY, is on its way.
  await new Promise<void>((done) => {
    if (session.closed || session.destroyed) done()
    else session.ping(() => done())
  })
  session.close()
  await Promise.race([session.closed && session.destroyed ? undefined : once(session, 'close'), sleep(1000)])
  session.destroy()
  return { heard: heard.map((one) => JSON.stringify(one)).sort(), frames: framesIn(Buffer.concat(received)) }
}

/** Stands between a client and the server of `port`, and hears what the server says. @returns its port */
function recorder(port: number, hear: (chunk: Buffer) => void): Promise<number> {
  const server = createRelay((client) => {
    const socket = connectSocket(port, '127.0.0.1')
    socket.on('data', hear).on('error', () => client.destroy())
    client.on('error', () => socket.destroy())
    client.pipe(socket).pipe(client)
  })
  return listen(server)
}

async function listenTo(
  stream: ClientHttp2Stream,
  name: string,
  heard: (readonly unknown[])[],
): Promise<void> {
  const plain = ({ date, ...headers }: IncomingHttpHeaders): unknown => ({
    ...headers,
    ...(date === undefined ? {} : { date: '…' }),
  })
  let body = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    body += text
  })
  stream.on('headers', (headers) => heard.push([name, 'information', plain(headers)]))
  stream.on('continue', () => heard.push([name, 'continue']))
  stream.on('response', (headers) => heard.push([name, 'response', plain(headers)]))
  stream.on('push', (headers) => heard.push([name, 'response', plain(headers)]))
  stream.on('trailers', (headers) => heard.push([name, 'trailers', plain(headers)]))
  stream.on('error', (error: NodeJS.ErrnoException) => heard.push([name, 'error', error.code]))
  await new Promise((over) => stream.once('close', over))
  heard.push([name, 'closed', stream.rstCode, body])
}

/** Type, flags and content of each frame, by stream. The block of a header holds the date, and is read by the client. */
function framesIn(bytes: Buffer): Readonly<Record<string, readonly string[]>> {
  const frames: Record<string, string[]> = {}
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3)
    const type = TYPES[bytes.readUInt8(at + 3)] ?? '?'
    const flags = bytes.readUInt8(at + 4)
    const id = bytes.readUInt32BE(at + 5) & 0x7fffffff
    const content = bytes.subarray(at + 9, at + 9 + length)
    const isBlock = type === 'HEADERS' || type === 'PUSH_PROMISE'
    const isMoment = type === 'PING' || type === 'WINDOW_UPDATE'
    const shown = isBlock || isMoment ? '' : content.toString('base64')
    // How a window grows depends on what has come in one piece.
    if (type !== 'WINDOW_UPDATE') frames[id] = [...(frames[id] ?? []), `${type} ${flags} ${shown}`]
    at += 9 + length
  }
  // Of the connection itself: settings and their acknowledgement come when they may.
  frames[0]?.sort()
  return frames
}

async function bytesFor(port: number, sent: string): Promise<string> {
  const socket = connectSocket(port, '127.0.0.1')
  let received = ''
  const isOver = new Promise((over) => {
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
      // GOAWAY, or the answer to what is asked last.
      if (/\0\0[^\0]\x07\0\0\0\0\0[\s\S]{8}|\0\0\x08\x06\x01/.test(received)) over(true)
    })
    socket.on('error', () => {}).once('close', over)
  })
  socket.write(`${sent}\0\0\x08\x06\0\0\0\0\0end_ping`, 'latin1')
  await isOver
  socket.destroy()
  return Buffer.from(received, 'latin1').toString('base64')
}
