import { randomBytes } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import express from 'express'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AccessLogOptions, accessLog, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, open, request, serve, textOf } from './support.ts'

/** What every row is judged by: status, bytes of the body, state of the connection, outcome. */
const FORMAT = ':status :bytes :connection-status :outcome'

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown

/** A handler that writes these one after another. */
const chunks =
  (...parts: (string | Buffer)[]): Handler =>
  (_req, res) => {
    for (const part of parts) res.write(part)
    res.end()
  }

async function logged(handler: Handler, format = FORMAT, options: AccessLogOptions = {}) {
  const lines = new Lines()
  const { port, server } = await serve(withAccessLog(handler, format, { ...options, to: lines.to }))
  return { lines, port, server }
}

describe('a response that is complete', () => {
  it.each<[string, Handler, string]>([
    ['an implicit Content-Length', (_req, res) => res.end('hello'), '200 5 + ok'],
    [
      'an explicit Content-Length',
      (_req, res) => res.setHeader('Content-Length', 5).end('hello'),
      '200 5 + ok',
    ],
    ['an empty body', (_req, res) => res.end(), '200 0 + ok'],
    ['chunks', chunks('he', Buffer.from('l'), 'lo'), '200 5 + ok'],
    ['chunks after writeHead', (_req, res) => res.writeHead(201).end('hello'), '201 5 + ok'],
    [
      'text in another encoding',
      (_req, res) => {
        res.write('68656c', 'hex')
        res.end('6c6f', 'hex')
      },
      '200 5 + ok',
    ],
    ['text of several bytes a character', (_req, res) => res.end('é世'), '200 5 + ok'],
    ['204 with an ignored body', (_req, res) => res.writeHead(204).end('ignored'), '204 0 + ok'],
    [
      '304 with a Content-Length',
      (_req, res) => res.writeHead(304, { 'Content-Length': 5 }).end(),
      '304 0 + ok',
    ],
    ['Connection: close', (_req, res) => res.setHeader('Connection', 'close').end('hello'), '200 5 - ok'],
    [
      'early hints before it',
      (_req, res) => res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => res.end('hello')),
      '200 5 + ok',
    ],
    [
      'a callback in place of a body',
      (_req, res) => {
        res.end(() => {})
      },
      '200 0 + ok',
    ],
    [
      'what is still written after its end',
      (_req, res) => {
        res.on('error', () => {})
        res.end('hello')
        res.write('too late')
        res.end('too late')
      },
      '200 5 + ok',
    ],
    [
      'what is still written when the end was put off',
      (_req, res) => {
        res.on('error', () => {})
        res.write('he')
        setImmediate(() => {
          res.end('llo')
          res.write('too late')
        })
      },
      '200 5 + ok',
    ],
  ])('%s', async (_title, handler, expected) => {
    const { lines, port } = await logged(handler)
    const socket = open(port)
    socket.write(request('/'))
    expect(await lines.one()).toBe(expected)
  })

  it('has no body when the method is HEAD', async () => {
    const { lines, port } = await logged((_req, res) => res.setHeader('Content-Length', 5).end('hello'))
    await exchangeText(port, lastRequest('/', [], 'HEAD'))
    expect(await lines.one()).toBe('200 0 - ok')
  })

  it('counts the bytes of HTTP/1.0, which has no chunks', async () => {
    const { lines, port } = await logged(chunks('hel', 'lo'))
    await exchangeText(port, 'GET / HTTP/1.0\r\n\r\n')
    expect(await lines.one()).toBe('200 5 - ok')
  })

  it('counts what was sent, not what was promised', async () => {
    const { lines, port } = await logged((_req, res) => {
      res.setHeader('Content-Length', 500).end('abc')
    }, ':bytes :res[content-length]')
    const socket = open(port)
    socket.write(request('/'))
    expect(await lines.one()).toBe('3 500')
  })

  it('shows the header as it was sent, with what Node added', async () => {
    const { lines, port } = await logged(
      (_req, res) => res.end('hello'),
      '%{Content-Length}o %{Connection}o %{Date}o',
    )
    const answer = await exchangeText(port, lastRequest('/'))
    const date = /Date: (.*)\r\n/.exec(answer)?.[1]
    expect(await lines.one()).toBe(`5 close ${date}`)
  })

  it('takes Express’s words for "skip" for no failure, and an error given to next for one', async () => {
    const lines = new Lines()
    const inner = withAccessLog(
      (req, _res, next) => next(req.url === '/' ? 'route' : new Error('passed on')),
      ':error',
      {
        to: lines.to,
      },
    )
    const { port } = await serve((req, res) => {
      inner(req, res, () => {
        res.statusCode = 500
        res.end()
      })
    })
    await exchangeText(port, lastRequest('/'))
    await exchangeText(port, lastRequest('/error'))
    await lines.wait(2)
    expect(lines.all).toEqual(['-', expect.stringContaining('passed on')])
  })

  it.each(['inside', 'outside'] as const)('counts compressed bytes when compression is %s', async (side) => {
    const lines = new Lines()
    const log = accessLog(':bytes :res[content-encoding]', { to: lines.to })
    const app = express()
    if (side === 'inside') app.use(log)
    app.use((_req, res, next) => {
      // As the package compression does it: replaces write and end by ones that write through zlib.
      const { write, end } = res
      const gzip = createGzip()
      res.setHeader('Content-Encoding', 'gzip')
      gzip.on('data', (chunk) => write.call(res, chunk, 'utf8'))
      gzip.on('end', () => end.call(res, undefined, 'utf8'))
      res.write = ((chunk: string) => gzip.write(chunk)) as typeof res.write
      res.end = ((chunk: string) => gzip.end(chunk)) as unknown as typeof res.end
      next()
    })
    if (side === 'outside') app.use(log)
    app.get('/', (_req, res) => {
      res.end('a'.repeat(10_000))
    })
    const { port } = await listening(createServer(app))
    const answer = await exchangeText(port, 'GET / HTTP/1.0\r\n\r\n')
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
    expect(body.length).toBeGreaterThan(20)
    expect(await lines.one()).toBe(`${body.length} gzip`)
    await exchangeText(port, 'GET / HTTP/1.0\r\n\r\n')
    await lines.wait(2)
    expect(lines.all[1]).toBe(`${body.length} gzip`)
  })

  it('counts compressed bytes in a plain server whose handler wraps the response first', async () => {
    const lines = new Lines()
    const log = accessLog(':bytes', { to: lines.to })
    const { port } = await serve((req, res) => {
      const { write, end } = res
      const gzip = createGzip()
      gzip.on('data', (chunk) => write.call(res, chunk, 'utf8'))
      gzip.on('end', () => end.call(res, undefined, 'utf8'))
      res.write = ((chunk: string) => gzip.write(chunk)) as typeof res.write
      res.end = ((chunk: string) => gzip.end(chunk)) as unknown as typeof res.end
      log(req, res)
      res.writeEarlyHints({ link: '</a.css>; rel=preload' })
      res.write('a'.repeat(10_000))
      res.end(randomBytes(50_000))
    })
    for (const count of [1, 2]) {
      const answer = await exchangeText(port, lastRequest('/'))
      const body = dechunked(answer.slice(answer.indexOf('\r\n\r\n', answer.indexOf('chunked')) + 4))
      expect(body).toBeGreaterThan(50_000)
      await lines.wait(count)
      expect(lines.all[count - 1]).toBe(String(body))
    }
  })

  it('counts once what a response class of the application hands from one method to the other', async () => {
    class Own<Request extends IncomingMessage> extends ServerResponse<Request> {
      override end(...args: unknown[]): this {
        this.write(args[0])
        return super.end()
      }
    }
    const lines = new Lines()
    const server = createServer({ ServerResponse: Own as typeof ServerResponse })
    server.on(
      'request',
      withAccessLog((_req, res) => void res.end('hello'), ':bytes', { to: lines.to }),
    )
    const { port } = await listening(server)
    for (const count of [1, 2]) {
      await exchangeText(port, lastRequest('/'))
      await lines.wait(count)
    }
    expect(lines.all).toEqual(['5', '5'])
  })

  it('watches the requests of a server from their start only while that server is open', async () => {
    const app = express()
    app.use(accessLog(':url', { to: () => {} }))
    app.get('/', (_req, res) => void res.end('x'))
    const begins = channel('http.server.request.start')
    const servers = await Promise.all([serve(app), serve(app)])
    expect(begins.hasSubscribers).toBe(false)
    for (const { port } of servers) await exchangeText(port, lastRequest('/'))
    expect(begins.hasSubscribers).toBe(true)
    const [first, second] = servers.map(({ server }) => server)
    await new Promise((closed) => first?.close(closed))
    expect(begins.hasSubscribers).toBe(true)
    await new Promise((closed) => second?.close(closed))
    expect(begins.hasSubscribers).toBe(false)
  })

  it('tells the trailers of both sides', async () => {
    const { lines, port } = await logged((req, res) => {
      req.resume().on('end', () => {
        res.setHeader('Trailer', 'Checksum')
        res.write('hello')
        res.addTrailers({ Checksum: 'abc' })
        res.end()
      })
    }, '%B %{Checksum}^to %{Digest}^ti')
    const head = request('/', ['Transfer-Encoding: chunked', 'Trailer: Digest', 'Connection: close'], 'POST')
    await exchangeText(port, `${head}2\r\nhi\r\n0\r\nDigest: xyz\r\n\r\n`)
    expect(await lines.one()).toBe('5 abc xyz')
  })

  it('counts the bytes of the connection in both directions', async () => {
    const { lines, port } = await logged(chunks('hel', 'lo'), '%I %O %S')
    const text = request('/one')
    const socket = open(port)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const answered = (count: number) =>
      vi.waitFor(() => expect(answer.match(/\r\n0\r\n\r\n/g)).toHaveLength(count), 15_000)
    socket.write(text)
    await lines.wait(1)
    await answered(1)
    const first = answer.length
    socket.write(text + text)
    await lines.wait(3)
    await answered(3)
    expect(answer.length).toBe(first * 3)
    expect(lines.all).toEqual([0, 1, 2].map(() => `${text.length} ${first} ${text.length + first}`))
  })

  it('numbers the requests of a connection', async () => {
    const { lines, port } = await logged((_req, res) => res.end('x'), '%k %{c}L')
    const socket = open(port)
    for (const count of [1, 2]) {
      socket.write(request('/'))
      await lines.wait(count)
    }
    const [first = '', second = ''] = lines.all
    expect([first[0], second[0]]).toEqual(['0', '1'])
    expect(first.slice(2)).toBe(second.slice(2))
  })

  it('has no address on a unix socket', async () => {
    const lines = new Lines()
    const path = join(tmpdir(), `access-${process.pid}-${Date.now()}.sock`)
    const server = createServer(
      withAccessLog((_req, res) => res.end('hello'), ':remote-addr :local-port :bytes', { to: lines.to }),
    )
    server.listen(path)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const answer = httpRequest({ socketPath: path, path: '/' }).end()
    await once(answer, 'response').then(([res]) => res.resume())
    expect(await lines.one()).toBe('- - 5')
  })
})

describe('a response that is not complete', () => {
  it('is 499 when the client leaves before the header', async () => {
    const { lines, port, server } = await logged(() => {}, `${FORMAT} :total-time[0]`)
    const asked = once(server, 'request')
    const socket = open(port)
    socket.write(request('/slow'))
    await asked
    await sleep(60)
    socket.destroy()
    const [status, bytes, state, outcome, ms] = (await lines.one()).split(' ')
    expect([status, bytes, state, outcome]).toEqual(['499', '-', 'X', 'aborted'])
    expect(Number(ms)).toBeGreaterThanOrEqual(50)
  })

  it('shows another status, or none, for that as the option says', async () => {
    for (const [abortedStatus, shown] of [
      [0o620, '400'],
      [null, '-'],
    ] as const) {
      const { lines, port, server } = await logged(() => {}, ':status', { abortedStatus })
      const asked = once(server, 'request')
      const socket = open(port)
      socket.write(request('/slow'))
      await asked
      socket.destroy()
      expect(await lines.one()).toBe(shown)
    }
  })

  it('is aborted when the client closes in the middle of the body', async () => {
    const { lines, port } = await logged((_req, res) => {
      res.write('x'.repeat(1000))
    })
    const socket = open(port)
    socket.write(request('/'))
    await once(socket, 'data')
    socket.destroy()
    expect(await lines.one()).toBe('200 1000 X aborted')
  })

  it('does not count what is still written when the server has cut the connection', async () => {
    const { lines, port } = await logged((_req, res) => {
      res.on('error', () => {})
      res.write('he')
      res.destroy()
      res.write('too late')
    })
    const socket = open(port).on('error', () => {})
    socket.write(request('/'))
    expect(await lines.one()).toBe('200 2 X destroyed')
  })

  it('is reset when the client cuts the connection', async () => {
    const { lines, port } = await logged((_req, res) => {
      res.write('x'.repeat(1000))
    })
    const socket = open(port)
    socket.write(request('/'))
    await once(socket, 'data')
    socket.resetAndDestroy()
    expect(await lines.one()).toBe('200 1000 X reset')
  })

  it('is not ok when the whole body was handed over and the client left before it took it', async () => {
    const { lines, port } = await logged(
      (_req, res) => res.end(Buffer.alloc(50_000_000)),
      ':status :outcome :connection-status',
    )
    const socket = open(port)
    socket.write(request('/'))
    await once(socket, 'data')
    socket.pause()
    await sleep(30)
    socket.resetAndDestroy()
    expect(await lines.one()).toBe('200 reset X')
  })

  it.each<[string, Handler]>([
    ['the response', (_req, res) => res.destroy()],
    ['the socket', (req) => req.socket.destroy()],
  ])('is destroyed when the server destroys %s', async (_title, handler) => {
    const { lines, port } = await logged(handler)
    const socket = open(port)
    socket.write(request('/'))
    expect(await lines.one()).toBe('- - X destroyed')
  })

  it('has a line also when it was pipelined behind one that was aborted', async () => {
    let ask: () => void = () => {}
    const asked = new Promise<void>((resolve) => {
      ask = resolve
    })
    const { lines, port } = await logged((req, res) => {
      if (req.url !== '/1') res.end('done')
      if (req.url === '/3') ask()
    }, ':url :status :bytes :outcome :pipelined')
    const socket = open(port)
    socket.write(request('/1') + request('/2') + request('/3'))
    await asked
    socket.destroy()
    await lines.wait(3)
    await sleep(30)
    expect([...lines.all].sort()).toEqual(['/1 499 - aborted .', '/2 499 - aborted p', '/3 499 - aborted p'])
  })

  it('is whole when pipelined requests are all answered', async () => {
    const { lines, port } = await logged(
      (req, res) => setTimeout(() => res.end(req.url), 5),
      ':url :bytes :outcome',
    )
    const socket = open(port)
    socket.write(request('/a') + request('/bc') + lastRequest('/def'))
    await textOf(socket)
    await lines.wait(3)
    expect(lines.all).toEqual(['/a 2 ok', '/bc 3 ok', '/def 4 ok'])
  })
})

describe('what frameworks do to a request', () => {
  it('shows the target as received where an app is mounted or the URL rewritten', async () => {
    const lines = new Lines()
    const inner = express.Router()
    inner.use(accessLog(':url :final-url :route :base-url', { to: lines.to }))
    inner.get('/user/:id', (_req, res) => {
      res.send('ok')
    })
    const app = express().use('/api', inner)
    const { port } = await listening(createServer(app))
    await exchangeText(port, lastRequest('/api/user/7?x=1'))
    expect(await lines.one()).toBe('/api/user/7?x=1 /user/7?x=1 /api/user/:id /api')
  })

  it('measures once for several logs, each of which writes its own line', async () => {
    const [one, two, three] = [new Lines(), new Lines(), new Lines()]
    const app = express()
    app.use(accessLog(':bytes :response-time', { to: one.to }))
    app.use(accessLog(':bytes', { to: two.to }))
    app.get('/', (_req, res) => {
      res.send('hello')
    })
    const { port } = await listening(createServer(withAccessLog(app, ':status :bytes', { to: three.to })))
    await exchangeText(port, lastRequest('/'))
    expect(await one.one()).toMatch(/^5 \d+\.\d{3}$/)
    expect(await two.one()).toBe('5')
    expect(await three.one()).toBe('200 5')
  })

  it('writes the line at once when told to, knowing nothing of the response', async () => {
    const { lines, port } = await logged(() => {}, ':method :url :status :bytes :total-time :outcome', {
      immediate: true,
    })
    const socket = open(port)
    socket.write(request('/a'))
    expect(await lines.one()).toBe('GET /a - - - -')
    socket.destroy()
    await sleep(30)
    expect(lines.all).toHaveLength(1)
  })

  it('writes a line at the start and one at the end when told to', async () => {
    const { lines, port } = await logged((_req, res) => res.end('x'), ':phase :url :status', {
      immediate: 'both',
    })
    await exchangeText(port, lastRequest('/a'))
    await lines.wait(2)
    expect(lines.all).toEqual(['start /a -', 'end /a 200'])
  })

  it('tells the time to the header and the time to the end apart', async () => {
    const { lines, port } = await logged(
      async (_req, res) => {
        res.writeHead(200)
        res.write('x')
        await sleep(80)
        res.end('y')
      },
      '%D %^FB :response-time'.replace(' :response-time', ''),
    )
    await exchangeText(port, lastRequest('/'))
    const [total = 0, header = 0] = (await lines.one()).split(' ').map(Number)
    expect(total).toBeGreaterThan(75_000)
    expect(header).toBeLessThan(total - 70_000)
  })

  it('tells when the body of the request came, and how much of it', async () => {
    const { lines, port, server } = await logged((req, res) => {
      req.resume().on('end', () => res.end('x'))
    }, ':request-bytes :upload-time')
    const asked = once(server, 'request')
    const socket = connect(port, '127.0.0.1')
    socket.write(lastRequest('/', ['Content-Length: 5'], 'POST'))
    await asked
    await sleep(60)
    socket.write('hello')
    const [bytes, microseconds] = (await lines.one()).split(' ').map(Number)
    expect(bytes).toBe(5)
    expect(microseconds).toBeGreaterThan(45_000)
  })
})

/** Bytes in a chunked body. */
function dechunked(text: string): number {
  let total = 0
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, end), 16)
    if (!(size > 0)) return total
    total += size
    at = end + 2 + size + 2
  }
}
