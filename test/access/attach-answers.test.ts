import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { attach } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, open, request } from './support.ts'

// What comes over the wire from a server that is attached to, beside the same server alone.

interface Case {
  readonly sent: string
  readonly lines: readonly string[]
  readonly options?: ServerOptions
  readonly wire?: (server: Server) => void
  readonly before?: (port: number) => void
}

const hello: RequestListener = (_req, res) => {
  res.end('hello')
}

const UPGRADE = request('/ws', ['Connection: Upgrade', 'Upgrade: echo'])
const CONNECT = 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n'
const EXPECT = (what: string) => lastRequest('/e', [`Expect: ${what}`])
const SHORT: ServerOptions = { headersTimeout: 500, requestTimeout: 600, connectionsCheckingInterval: 20 }

const CASES: Readonly<Record<string, Case>> = {
  'a request': { sent: lastRequest('/a'), lines: ['GET /a 200 ok'] },
  'requests one behind the other': {
    sent: request('/1') + request('/2') + lastRequest('/3'),
    lines: ['GET /1 200 ok', 'GET /2 200 ok', 'GET /3 200 ok'],
  },
  '400 for a broken header': {
    sent: 'GET /x HTTP/1.1\r\nbad header\r\n\r\n',
    lines: ['GET /x 400 rejected'],
  },
  '400 for what is no request': { sent: '\x16\x03\x01\x00\r\n\r\n', lines: ['- - 400 rejected'] },
  '400 for a request without a host': {
    sent: 'GET /z HTTP/1.1\r\nConnection: close\r\n\r\n',
    lines: ['GET /z 400 rejected'],
  },
  '400 for a broken request behind a good one': {
    sent: `${request('/1')}nonsense\r\n\r\n`,
    lines: ['GET /1 200 destroyed'],
  },
  '431 for a header too large': {
    sent: request('/y', [`X: ${'x'.repeat(20_000)}`]),
    lines: ['GET /y 431 rejected'],
  },
  '408 for a header that does not come': {
    sent: 'GET /late HTTP/1.1\r\n',
    options: SHORT,
    lines: ['- - 408 timeout'],
  },
  '408 for a body that does not come': {
    sent: request('/late', ['Content-Length: 10'], 'POST'),
    options: SHORT,
    wire: (server) => server.removeAllListeners('request').on('request', (req) => void req.resume()),
    lines: ['POST /late 408 timeout'],
  },
  '417 for an expectation': { sent: EXPECT('tea'), lines: ['GET /e 417 rejected'] },
  'an expectation that the application answers': {
    sent: EXPECT('tea'),
    wire: (server) => server.on('checkExpectation', (_req, res) => res.writeHead(200).end('tea')),
    lines: ['GET /e 200 ok'],
  },
  '100, which Node sends by itself': { sent: EXPECT('100-continue'), lines: ['GET /e 200 ok'] },
  '100, which the application refuses': {
    sent: EXPECT('100-continue'),
    wire: (server) => server.on('checkContinue', (_req, res) => res.writeHead(417).end()),
    lines: ['GET /e 417 ok'],
  },
  '100, which the application sends': {
    sent: EXPECT('100-continue'),
    wire: (server) =>
      server.on('checkContinue', (_req, res) => {
        res.writeContinue()
        res.end('go on')
      }),
    lines: ['GET /e 200 ok'],
  },
  '503 for a request too many': {
    sent: request('/1') + request('/2'),
    wire: (server) => {
      server.maxRequestsPerSocket = 1
    },
    lines: ['GET /1 200 ok', 'GET /2 503 rejected'],
  },
  '503 for a request too many, which the application hears of': {
    sent: request('/1') + request('/2'),
    wire: (server) => {
      server.maxRequestsPerSocket = 1
      server.on('dropRequest', () => {})
    },
    lines: ['GET /1 200 ok', 'GET /2 503 rejected'],
  },
  'a connection too many, which is cut': {
    sent: request('/1'),
    wire: (server) => {
      server.maxConnections = 1
    },
    before: (port) => void open(port),
    lines: [],
  },
  'a broken header that the application answers': {
    sent: 'GET /pot HTTP/1.1\r\nbad header\r\n\r\n',
    wire: (server) =>
      server.on('clientError', (_error, socket) => void socket.end('HTTP/1.1 418 Tea\r\n\r\n')),
    lines: ['GET /pot 418 rejected'],
  },
  'an upgrade that nobody listens for': {
    sent: lastRequest('/ws', ['Upgrade: echo']),
    lines: ['GET /ws 200 ok'],
  },
  'an upgrade': {
    sent: UPGRADE,
    wire: (server) =>
      server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nbye')),
    lines: ['GET /ws 101 upgraded'],
  },
  'an upgrade that is refused': {
    sent: UPGRADE,
    wire: (server) => server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
    lines: ['GET /ws 403 ok'],
  },
  'CONNECT that nobody listens for, which is cut': { sent: CONNECT, lines: [] },
  CONNECT: {
    sent: CONNECT,
    wire: (server) => server.on('connect', (_req, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nbye')),
    lines: ['CONNECT a.test:443 200 upgraded'],
  },
}

describe('attach answers byte for byte what the server alone does', () => {
  it.each(Object.entries(CASES))('%s', async (_title, { sent, options = {}, wire, before, lines }) => {
    const log = new Lines()
    const answers: string[] = []
    for (const isAttached of [false, true]) {
      const server = createServer({ ...options, keepAliveTimeout: 200 }, hello)
      wire?.(server)
      const listeners = server.eventNames().map((name) => [name, server.listenerCount(name)])
      if (isAttached) attach(server, ':method :url :status :outcome', { to: log.to })
      // A listener changes what Node does by itself.
      expect(server.eventNames().map((name) => [name, server.listenerCount(name)])).toEqual(listeners)
      const { port } = await listening(server)
      before?.(port)
      answers.push((await exchangeText(port, sent).catch(() => 'cut')).replace(/^Date: .*$/gm, 'Date: …'))
    }
    expect(answers[1]).toBe(answers[0])
    if (lines.length > 0) await log.wait(lines.length)
    expect(log.all).toEqual(lines)
  })
})

describe('the line of a tunnel', () => {
  it.each([
    [
      'an upgrade',
      UPGRADE,
      'upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n',
      'GET /ws 101',
    ],
    ['CONNECT', CONNECT, 'connect', 'HTTP/1.1 200 OK\r\n\r\n', 'CONNECT a.test:443 200'],
  ])('of %s has its bytes and its time until the socket closes', async (_what, sent, event, head, begin) => {
    const log = new Lines()
    const server = createServer(hello)
    attach(server, ':method :url :status :outcome :bytes :total-time', { to: log.to })
    server.on(event, (_req, socket) => {
      socket.write(head)
      socket.pipe(socket)
    })
    const { port } = await listening(server)
    const socket = open(port)
    const begunAt = performance.now()
    socket.write(sent)
    await once(socket, 'data')
    const openedAt = performance.now()
    for (const word of ['ping', 'pong!']) {
      socket.write(word)
      await once(socket, 'data')
    }
    const openMs = performance.now() - openedAt
    expect(log.all).toEqual([])
    socket.end('bye')
    const [told, ms] = (await log.one()).split(/ (?=[\d.]+$)/)
    expect(told).toBe(`${begin} upgraded 12`)
    expect(Number(ms)).toBeGreaterThanOrEqual(openMs - 1)
    expect(Number(ms)).toBeLessThanOrEqual(performance.now() - begunAt + 1)
  })
})
