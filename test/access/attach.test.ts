import { once } from 'node:events'
import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { AccessLogger, accessLog, attach } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, open, request, textOf } from './support.ts'

const FORMAT = ':method :url :status :outcome'

async function attached(listener: RequestListener, format = FORMAT, options: ServerOptions = {}) {
  const lines = new Lines()
  const server = createServer(options, listener)
  const detach = attach(server, format, { to: lines.to })
  const { port } = await listening(server)
  return { lines, server, port, detach }
}

const hello: RequestListener = (_req, res) => {
  res.end('hello')
}

describe('attach', () => {
  it('logs what any handler answers', async () => {
    const { lines, port } = await attached(hello, `${FORMAT} :bytes`)
    await exchangeText(port, lastRequest('/a'))
    expect(await lines.one()).toBe('GET /a 200 ok 5')
  })

  it('leaves to Node the answers that Node gives by itself, and logs them', async () => {
    const { lines, port } = await attached(hello)
    const broken = await exchangeText(port, 'GET /x HTTP/1.1\r\nbad header\r\n\r\n')
    expect(broken).toMatch(/^HTTP\/1\.1 400 Bad Request/)
    const huge = await exchangeText(port, `GET /y HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(huge).toMatch(/^HTTP\/1\.1 431 /)
    const hostless = await exchangeText(port, 'GET /z HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(hostless).toMatch(/^HTTP\/1\.1 400 /)
    const expecting = await exchangeText(port, lastRequest('/e', ['Expect: tea']))
    expect(expecting).toMatch(/^HTTP\/1\.1 417 /)
    await lines.wait(4)
    expect(lines.all).toEqual([
      'GET /x 400 rejected',
      'GET /y 431 rejected',
      'GET /z 400 rejected',
      'GET /e 417 rejected',
    ])
  })

  it('leaves to a server the emit that it had of its own', async () => {
    const server = createServer(hello)
    const events: unknown[] = []
    const own = (event: string): boolean => events.push(event) > 0
    server.emit = own
    await attach(server, 'tiny', { to: new Lines().to })()
    expect(server.emit).toBe(own)
    const other = createServer(hello)
    await attach(other, 'tiny', { to: new Lines().to })()
    expect(Object.hasOwn(other, 'emit')).toBe(false)
  })

  it('logs raw bytes that are no request at all, escaped', async () => {
    const { lines, port } = await attached(hello, '%h "%r" %>s %{outcome}x')
    await exchangeText(port, '\x16\x03\x01\x00\r\n\r\n')
    expect(await lines.one()).toBe('127.0.0.1 "-" 400 rejected')
  })

  it('logs the status that a listener of clientError answers', async () => {
    const { lines, server, port } = await attached(hello)
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 418 Tea\r\n\r\n'))
    const answer = await exchangeText(port, 'GET /pot HTTP/1.1\r\nbad header\r\n\r\n')
    expect(answer).toBe('HTTP/1.1 418 Tea\r\n\r\n')
    expect(await lines.one()).toBe('GET /pot 418 rejected')
  })

  it('logs 408 for a header that does not come', async () => {
    const { lines, port } = await attached(hello, FORMAT, {
      headersTimeout: 500,
      requestTimeout: 500,
      connectionsCheckingInterval: 20,
    })
    const socket = open(port)
    socket.write('GET /late HTTP/1.1\r\n')
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 /)
    expect(await lines.one()).toBe('- - 408 timeout')
  })

  it('logs 408 for a body that does not come, on the request itself', async () => {
    const { lines, port } = await attached((req) => void req.resume(), FORMAT, {
      headersTimeout: 500,
      requestTimeout: 600,
      connectionsCheckingInterval: 20,
    })
    const socket = open(port)
    socket.write(request('/late', ['Content-Length: 10'], 'POST'))
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 408 /)
    expect(await lines.one()).toBe('POST /late 408 timeout')
  })

  it('logs that the server gave up on a socket, where the handler never answers', async () => {
    const { lines, server, port } = await attached(() => {})
    server.setTimeout(100)
    open(port).write(request('/idle'))
    expect(await lines.one()).toBe('GET /idle - timeout')
  })

  it('logs 503 for a request too many on one connection', async () => {
    const { lines, server, port } = await attached(hello)
    server.maxRequestsPerSocket = 1
    const socket = open(port)
    socket.write(request('/1') + request('/2'))
    await lines.wait(2)
    expect(lines.all).toEqual(['GET /1 200 ok', 'GET /2 503 rejected'])
  })

  it('logs an upgrade when it has ended, with its status and bytes', async () => {
    const { lines, server, port } = await attached(hello, `${FORMAT} :bytes :res[upgrade] :duration`)
    server.on('upgrade', (_req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
      socket.pipe(socket)
    })
    const socket = open(port)
    socket.write(request('/ws', ['Connection: Upgrade', 'Upgrade: echo']))
    await once(socket, 'data')
    socket.write('ping')
    await once(socket, 'data')
    await sleep(40)
    expect(lines.all).toEqual([])
    socket.end()
    const [head, ms] = (await lines.one()).split(/ (?=\d+$)/)
    expect(head).toBe('GET /ws 101 upgraded 4 echo')
    expect(Number(ms)).toBeGreaterThanOrEqual(35)
  })

  it('logs an upgrade that was refused, and CONNECT', async () => {
    const { lines, server, port } = await attached(hello)
    server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    server.on('connect', (_req, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nbye'))
    await exchangeText(port, request('/ws', ['Connection: Upgrade', 'Upgrade: echo']))
    await exchangeText(port, 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await lines.wait(2)
    expect(lines.all).toEqual(['GET /ws 403 ok', 'CONNECT a.test:443 200 upgraded'])
  })

  it('ends when told to', async () => {
    const { lines, server, port, detach } = await attached(hello)
    await detach()
    expect(Object.hasOwn(server, 'emit')).toBe(false)
    await exchangeText(port, lastRequest('/a'))
    await sleep(20)
    expect(lines.all).toEqual([])
  })

  it('stands beside the middleware, and several loggers beside each other', async () => {
    const [one, two, three] = [new Lines(), new Lines(), new Lines()]
    const app = express().use(accessLog(':url :bytes', { to: one.to }))
    app.get('/', (_req, res) => {
      res.send('hello')
    })
    const server = createServer(app)
    const logger = new AccessLogger(':status', { to: two.to })
    attach(server, logger)
    attach(server, ':bytes', { to: three.to })
    const { port } = await listening(server)
    await exchangeText(port, lastRequest('/'))
    await exchangeText(port, 'nonsense\r\n\r\n')
    await two.wait(2)
    expect([one.all, two.all, three.all]).toEqual([['/ 5'], ['200', '400'], ['5', '0']])
  })

  it('refuses what is no server', () => {
    expect(() => attach({} as never)).toThrow(/the server is an object\. Allowed: a server of node:http/)
  })
})
