import { once } from 'node:events'
import { closeSync, openSync, statSync } from 'node:fs'
import {
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attach, withAccessLog } from '../../src/access.ts'
import { Lines, listen } from './support.ts'

type Handler = (req: Http2ServerRequest, res: Http2ServerResponse) => unknown

async function serve2(handler: Handler, format: string, whole = false) {
  const lines = new Lines()
  const server = createServer()
  if (whole) {
    attach(server, format, { to: lines.to })
    server.on('request', handler)
  } else server.on('request', withAccessLog(handler, format, { to: lines.to }) as unknown as Handler)
  return { lines, server, ...(await connected(server)) }
}

/** A client of a server that is made to listen. Neither a stream nor the session fails the test by an error. */
async function connected(server: Http2Server) {
  const port = await listen(server as never)
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  onTestFinished(() => session.destroy())
  const get = (path: string, headers: Record<string, string> = {}): ClientHttp2Stream => {
    const stream = session.request({ ':path': path, ...headers })
    stream.on('error', () => {})
    return stream
  }
  return { session, get }
}

const FORMAT = ':method :url HTTP/:http-version :status :bytes :outcome'

async function drained(stream: ClientHttp2Stream): Promise<void> {
  stream.resume()
  await once(stream, 'close')
}

describe.each([
  ['around a handler', false],
  ['attached to a server', true],
])('HTTP/2 %s', (_title, whole) => {
  it('logs a stream', async () => {
    const { lines, get } = await serve2((_req, res) => res.writeHead(201).end('hello'), FORMAT, whole)
    await drained(get('/a?b=1'))
    expect(await lines.one()).toBe('GET /a?b=1 HTTP/2.0 201 5 ok')
  })

  it('counts what is written in pieces, and nothing for HEAD', async () => {
    const { lines, get } = await serve2(
      (_req, res) => {
        res.write('he')
        res.end('llo')
      },
      FORMAT,
      whole,
    )
    await drained(get('/a'))
    await lines.wait(1)
    await drained(get('/b', { ':method': 'HEAD' }))
    await lines.wait(2)
    expect(lines.all).toEqual(['GET /a HTTP/2.0 200 5 ok', 'HEAD /b HTTP/2.0 200 0 ok'])
  })

  it('knows the status that was sent past the response object', async () => {
    const { lines, get } = await serve2(
      (_req, res) => {
        res.stream.respond({ ':status': 203, 'content-length': 3 })
        res.stream.end('abc')
      },
      `${FORMAT} :res[content-length] :ttfb`,
      whole,
    )
    await drained(get('/a'))
    expect(await lines.one()).toMatch(/^GET \/a HTTP\/2\.0 203 3 ok 3 \d+$/)
  })

  it('counts files that the stream sends by itself', async () => {
    const file = import.meta.filename
    const { size } = statSync(file)
    const { lines, get } = await serve2(
      (req, res) => {
        if (req.url === '/file') return res.stream.respondWithFile(file, {}, { offset: 10 })
        const fd = openSync(file, 'r')
        res.stream.once('close', () => closeSync(fd))
        return res.stream.respondWithFD(fd, { ':status': 206 }, req.url === '/part' ? { length: 7 } : {})
      },
      ':url :status :bytes',
      whole,
    )
    for (const path of ['/file', '/fd', '/part']) await drained(get(path))
    await lines.wait(3)
    expect(lines.all).toEqual([`/file 200 ${size - 10}`, `/fd 206 ${size}`, '/part 206 7'])
  })

  it('tells no bytes of a file that was cut short, and those of the answer in place of a missing one', async () => {
    const file = fileURLToPath(import.meta.resolve('typescript'))
    const { lines, get } = await serve2(
      (req, res) => {
        const onError = () => {
          res.stream.respond({ ':status': 404 })
          res.stream.end('gone')
        }
        res.stream.respondWithFile(req.url === '/none' ? `${file}.none` : file, {}, { onError })
      },
      ':url :status :bytes :outcome',
      whole,
    )
    const stream = get('/file')
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    await lines.wait(1)
    await drained(get('/none'))
    await lines.wait(2)
    expect(lines.all).toEqual(['/file 200 - reset', '/none 404 4 ok'])
  })

  it('tells a stream that the client cancelled before the header', async () => {
    const { lines, server, get } = await serve2(() => {}, FORMAT, whole)
    const asked = once(server, 'request')
    const stream = get('/slow')
    await asked
    stream.close(constants.NGHTTP2_CANCEL)
    expect(await lines.one()).toBe('GET /slow HTTP/2.0 499 - reset')
  })

  it('tells a stream that the client cancelled in the body', async () => {
    const { lines, get } = await serve2((_req, res) => void res.write('abc'), FORMAT, whole)
    const stream = get('/slow')
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    expect(await lines.one()).toBe('GET /slow HTTP/2.0 200 3 reset')
  })

  it('tells streams whose session went away, with the address of the client', async () => {
    const { lines, server, session, get } = await serve2(() => {}, ':remote-addr :status :host', whole)
    const asked = once(server, 'request')
    get('/slow', { ':authority': 'a.test:81' })
    await asked
    session.destroy()
    expect(await lines.one()).toBe('127.0.0.1 499 a.test')
  })

  it('counts requests of one session', async () => {
    const { lines, get } = await serve2(
      (_req, res) => res.end(),
      ':connection-requests :connection-status',
      whole,
    )
    await drained(get('/1'))
    await lines.wait(1)
    await drained(get('/2'))
    await lines.wait(2)
    expect(lines.all).toEqual(['1 +', '2 +'])
  })
})

describe('an HTTP/2 server that only listens for streams', () => {
  async function serveStreams(handler: (stream: ServerHttp2Stream, path: string) => unknown, format: string) {
    const lines = new Lines()
    const server = createServer()
    attach(server, format, { to: lines.to })
    server.on('stream', (stream, headers) => handler(stream, headers[':path'] ?? ''))
    return { lines, server, ...(await connected(server)) }
  }

  it('has a line for each stream, with its header, status, bytes and time', async () => {
    const { lines, get } = await serveStreams((stream, path) => {
      stream.respond({ ':status': path === '/b' ? 503 : 200, 'content-type': 'text/plain' })
      stream.write('he')
      stream.end('llo')
    }, `${FORMAT} :remote-addr :user-agent :res[content-type] :response-time`)
    await drained(get('/a?b=1', { 'user-agent': 'me' }))
    await lines.wait(1)
    await drained(get('/b'))
    await lines.wait(2)
    expect(lines.all[0]).toMatch(/^GET \/a\?b=1 HTTP\/2\.0 200 5 ok 127\.0\.0\.1 me text\/plain \d+\.\d+$/)
    expect(lines.all[1]).toMatch(/^GET \/b HTTP\/2\.0 503 5 ok 127\.0\.0\.1 - text\/plain \d+\.\d+$/)
  })

  it('tells cancelled ones, HEAD, and what the application had no answer for', async () => {
    const { lines, server, get } = await serveStreams((stream, path) => {
      if (path === '/slow') return
      stream.respond({}, { endStream: path === '/head' })
      if (path === '/body') stream.write('abc')
    }, FORMAT)
    const asked = once(server, 'stream')
    const slow = get('/slow')
    await asked
    slow.close(constants.NGHTTP2_CANCEL)
    await lines.wait(1)
    const body = get('/body')
    await once(body, 'data')
    body.close(constants.NGHTTP2_CANCEL)
    await lines.wait(2)
    await drained(get('/head', { ':method': 'HEAD' }))
    await lines.wait(3)
    expect(lines.all).toEqual([
      'GET /slow HTTP/2.0 499 - reset',
      'GET /body HTTP/2.0 200 3 reset',
      'HEAD /head HTTP/2.0 200 0 ok',
    ])
  })

  it('leaves an error of the stream to the application, as without a log', async () => {
    const errors: unknown[] = []
    const { lines, get } = await serveStreams((stream) => {
      stream.on('error', (error) => errors.push(error.message))
      stream.respond({})
      stream.destroy(new Error('mine'))
    }, FORMAT)
    get('/a').resume()
    expect(await lines.one()).toMatch(/^GET \/a HTTP\/2\.0 200 0 (reset|aborted)$/)
    expect(errors).toEqual(['mine'])
  })
})

describe('what an HTTP/2 server answers beside requests', () => {
  async function tunnels(listen: (server: Http2Server) => void) {
    const lines = new Lines()
    const server = createServer((_req, res) => res.end('hello'))
    attach(server, `${FORMAT} :total-time`, { to: lines.to })
    listen(server)
    const { session, get } = await connected(server)
    const ask = (headers: Record<string, string>) => {
      const stream = session.request({ ':method': 'CONNECT', ':authority': 'a.test:443', ...headers })
      stream.on('error', () => {})
      return stream
    }
    return { lines, ask, get }
  }

  it('CONNECT has its line when the tunnel ends, with its bytes and its time', async () => {
    const { lines, ask } = await tunnels((server) =>
      server.on('connect', (_req, res: Http2ServerResponse) => {
        res.writeHead(200)
        res.stream.pipe(res.stream)
      }),
    )
    const stream = ask({})
    await once(stream, 'response')
    const from = performance.now()
    stream.write('ping')
    await once(stream, 'data')
    await sleep(20)
    expect(lines.all).toEqual([])
    const openMs = performance.now() - from
    stream.end('bye')
    const [head, ms] = (await lines.one()).split(/ (?=[\d.]+$)/)
    expect(head).toBe('CONNECT a.test:443 HTTP/2.0 200 7 upgraded')
    expect(Number(ms)).toBeGreaterThanOrEqual(openMs - 1)
  })

  it('CONNECT that is refused, by the application or by Node, has its status', async () => {
    const refused = await tunnels((server) =>
      server.on('connect', (_req, res: Http2ServerResponse) => void res.writeHead(403).end('no')),
    )
    await drained(refused.ask({}).end())
    expect(await refused.lines.one()).toMatch(/^CONNECT a\.test:443 HTTP\/2\.0 403 2 ok /)
    const alone = await tunnels(() => {})
    const stream = alone.ask({}).end()
    const [headers] = await once(stream, 'response')
    await drained(stream)
    expect(headers[':status']).toBe(405)
    expect(await alone.lines.one()).toMatch(/^CONNECT a\.test:443 HTTP\/2\.0 405 0 rejected /)
  })

  it('a request that asks for 100 has one line, whoever answers that', async () => {
    for (const own of [false, true]) {
      const { lines, get } = await tunnels((server) => {
        if (own) server.on('checkContinue', (_req, res: Http2ServerResponse) => res.writeHead(417).end())
      })
      await drained(get('/a', { expect: '100-continue' }))
      expect(await lines.one()).toMatch(
        own ? /^GET \/a HTTP\/2\.0 417 0 ok / : /^GET \/a HTTP\/2\.0 200 5 ok /,
      )
      expect(lines.all).toHaveLength(1)
    }
  })
})
