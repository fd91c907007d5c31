import { readdirSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createLogger,
  type HttpBatchOptions,
  httpSink,
  lokiSink,
  otlpSink,
  type Sink,
  type SinkTrouble,
} from '../../src/logger.ts'
import { runChild, startChild, upTo } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Receiver {
  readonly port: number
  readonly url: string
  /** Bodies that were answered with success. */
  readonly bodies: string[]
  readonly requests: http.IncomingMessage[]
  /** What to answer; 0 hangs. */
  answer: (body: string) => number | { status: number; headers?: Record<string, string>; body?: string }
  stop(): Promise<void>
}

/** A receiver that can fail, stop and come back on the same port. */
async function receive(port = 0): Promise<Receiver> {
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const bytes = Buffer.concat(chunks)
      const body = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
      const answer = receiver.answer(body)
      const {
        status,
        headers = {},
        body: said = '',
      } = typeof answer === 'number' ? { status: answer } : answer
      receiver.requests.push(req)
      if (status === 0) return
      if (status < 300) receiver.bodies.push(body)
      res.writeHead(status, headers).end(said)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const actual = (server.address() as AddressInfo).port
  const receiver: Receiver = {
    port: actual,
    url: `http://127.0.0.1:${actual}/logs`,
    bodies: [],
    requests: [],
    answer: () => 204,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  closing.push(receiver.stop)
  return receiver
}

function log(sink: Sink) {
  const troubles: SinkTrouble[] = []
  const logger = createLogger({
    uncaught: false,
    sinks: [sink],
    onTrouble: (trouble) => troubles.push(trouble),
  })
  closing.push(() => logger.close())
  const burst = (from: number, to: number): void => {
    for (let n = from; n < to; n++) logger.info('line', { n })
  }
  return { logger, troubles, burst }
}

const numbers = (bodies: readonly string[]): number[] =>
  bodies.flatMap((body) =>
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { n: number }).n),
  )

const quick: HttpBatchOptions = { delayMs: 5, retryMs: 20, maxRetryMs: 60 }

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('batches over HTTP', () => {
  it('arrive in order, in few requests, as NDJSON, JSON or packed', async () => {
    const receiver = await receive()
    const ndjson = log(
      httpSink(receiver.url, { ...quick, batchSize: 400, headers: { authorization: 'Bearer x' } }),
    )
    ndjson.burst(0, 1000)
    await ndjson.logger.flush()
    expect(numbers(receiver.bodies)).toEqual(upTo(1000))
    expect(receiver.requests).toHaveLength(3)
    expect(receiver.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      authorization: 'Bearer x',
    })

    const json = log(httpSink(receiver.url, { ...quick, body: 'json', compress: true, method: 'PUT' }))
    json.burst(0, 3)
    await json.logger.flush()
    expect((JSON.parse(receiver.bodies.at(-1) ?? '') as { n: number }[]).map(({ n }) => n)).toEqual([0, 1, 2])
    expect(receiver.requests.at(-1)).toMatchObject({ method: 'PUT' })
  })

  it('a receiver that is down, refuses, hangs and comes back gets every record once, in order', async () => {
    const receiver = await receive()
    const { logger, troubles, burst } = log(
      httpSink(receiver.url, { ...quick, timeoutMs: 1500, batchSize: 50 }),
    )
    burst(0, 100)
    await until(() => numbers(receiver.bodies).length === 100)
    const statuses = [503, 500, 429, 0]
    receiver.answer = () => statuses.shift() ?? 204
    burst(100, 300)
    await until(() => numbers(receiver.bodies).length === 300)
    await receiver.stop()
    burst(300, 500)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const back = await receive(receiver.port)
    await until(() => numbers(back.bodies).length === 200)
    await logger.close()
    expect([...numbers(receiver.bodies), ...numbers(back.bodies)]).toEqual(upTo(500))
    expect(troubles.map(({ kind }) => kind)).toEqual(['temporary', 'recovered', 'temporary', 'recovered'])
    expect(troubles.every(({ lost }) => lost === 0)).toBe(true)
  })

  it('waits as long as Retry-After asks', async () => {
    const receiver = await receive()
    let first = 0
    receiver.answer = () => {
      if (first > 0) return 204
      first = Date.now()
      return { status: 429, headers: { 'retry-after': '1' } }
    }
    const { burst } = log(httpSink(receiver.url, { ...quick, maxRetryMs: 5000 }))
    burst(0, 1)
    await until(() => receiver.bodies.length === 1)
    expect(Date.now() - first).toBeGreaterThanOrEqual(990)
  })

  it('sends in parts what is too large, and gives up only what no part can hold', async () => {
    const receiver = await receive()
    receiver.answer = (body) => (body.length > 700 || body.includes('"n":7,') ? 413 : 204)
    const { logger, troubles, burst } = log(httpSink(receiver.url, quick))
    burst(0, 7)
    logger.info('line', { n: 7, large: 'x'.repeat(1000) })
    burst(8, 20)
    await logger.flush()
    await logger.close()
    expect(numbers(receiver.bodies)).toEqual(upTo(20).filter((n) => n !== 7))
    expect(troubles.map(({ kind, lost }) => [kind, lost])).toContainEqual(['permanent', 1])
  })

  it('does not repeat what the receiver will never take, and counts it', async () => {
    const receiver = await receive()
    receiver.answer = () => ({ status: 400, body: 'bad label' })
    const { logger, troubles, burst } = log(httpSink(receiver.url, quick))
    burst(0, 10)
    await logger.flush()
    expect(receiver.requests).toHaveLength(1)
    expect(troubles).toMatchObject([
      { kind: 'permanent', lost: 10, message: 'the receiver answered 400: bad label' },
    ])
  })

  it.each(['drop-oldest', 'drop-newest'] as const)(
    'a receiver that is gone for long: memory is bounded, %s, and counted',
    async (overflow) => {
      const receiver = await receive()
      await receiver.stop()
      const { logger, troubles, burst } = log(
        httpSink(receiver.url, { ...quick, maxQueued: 20_000, batchSize: 10, overflow }),
      )
      burst(0, 2000)
      const back = await receive(receiver.port)
      await until(() => numbers(back.bodies).includes(overflow === 'drop-oldest' ? 1999 : 100))
      await logger.close()
      const arrived = numbers(back.bodies)
      const lost = troubles.reduce((sum, trouble) => sum + trouble.lost, 0)
      expect(arrived.length + lost).toBe(2000)
      expect(lost).toBeGreaterThan(1000)
      expect(arrived).toEqual([...arrived].sort((left, right) => left - right))
      expect(arrived.includes(1999)).toBe(overflow === 'drop-oldest')
    },
  )

  it.each([
    ['not a url', /httpSink: the URL is "not a url"\. Allowed: an absolute http: or https: URL/],
    ['ftp://x/', /the URL is "ftp:\/\/x\/"/],
  ])('%s is refused at start', (url, message) => {
    expect(() => httpSink(url)).toThrow(message)
  })
})

describe('the spool', () => {
  const program = `
    const log = rocksolid.createLogger({ sinks: [rocksolid.httpSink(args[0], { spool: args[1], delayMs: 5, retryMs: 20, maxRetryMs: 50, batchSize: 100, maxQueued: 20000 })] })
    const burst = (from, to) => { for (let n = from; n < to; n++) log.info('line', { n }) }
  `

  it('holds what does not fit into memory while the receiver is down, and delivers it in order', async () => {
    const receiver = await receive()
    await receiver.stop()
    const child = await startChild(
      `${program} burst(0, 3000); process.stdout.write('up'); setInterval(() => {}, 1000)`,
      {
        args: [receiver.url, at('spool-down')],
      },
    )
    await child.printed('up')
    expect(readdirSync(at('spool-down')).length).toBeGreaterThan(5)
    const back = await receive(receiver.port)
    await until(() => numbers(back.bodies).length >= 3000)
    expect(numbers(back.bodies)).toEqual(upTo(3000))
    await until(() => readdirSync(at('spool-down')).length === 0)
    child.process.kill('SIGKILL')
    await child.done
  })

  it.each(['process.exit(0)', 'process.kill(process.pid, "SIGTERM")', 'throw new Error("x")', ''])(
    'takes what waits when the process ends (%s), and the next process delivers it first',
    async (end) => {
      const receiver = await receive()
      await receiver.stop()
      const spool = at(`spool-end-${end.length}`)
      await runChild(`${program} burst(0, 500); setTimeout(() => { burst(500, 600); ${end} }, 100)`, {
        args: [receiver.url, spool],
      })
      const back = await receive(receiver.port)
      const result = await runChild(`${program} burst(600, 700)`, { args: [receiver.url, spool] })
      expect(result).toMatchObject({ code: 0, stderr: '' })
      const arrived = numbers(back.bodies).filter((n) => n !== undefined)
      expect(arrived).toEqual(upTo(700))
      expect(readdirSync(spool)).toEqual([])
    },
  )

  it('without one, what is lost at the end is counted aloud', async () => {
    const receiver = await receive()
    await receiver.stop()
    const result = await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.httpSink(args[0])] })
       for (let n = 0; n < 42; n++) log.info('line', { n })
       process.exit(0)`,
      { args: [receiver.url] },
    )
    expect(result.stderr).toMatch(
      /rocksolid logger: http 127\.0\.0\.1:\d+ failed: .*no spool\. 42 records lost\./,
    )
  })

  it('the natural end of a program waits for delivery', async () => {
    const receiver = await receive()
    await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.httpSink(args[0])] })
       for (let n = 0; n < 42; n++) log.info('line', { n })`,
      { args: [receiver.url] },
    )
    expect(numbers(receiver.bodies)).toEqual(upTo(42))
  })
})

describe('shapes', () => {
  it('Loki gets streams by level with nanoseconds', async () => {
    const receiver = await receive()
    const logger = createLogger({
      uncaught: false,
      now: () => 1_357_649_445_007,
      sinks: [lokiSink(receiver.url, { ...quick, labels: { app: 'shop' } })],
    })
    logger.info('one', { a: 1 })
    logger.warn('two')
    await logger.close()
    expect(JSON.parse(receiver.bodies[0] ?? '')).toEqual({
      streams: [
        {
          stream: { app: 'shop', level: 'info' },
          values: [
            ['1357649445007000000', '{"time":"2013-01-08T12:50:45.007Z","level":"info","msg":"one","a":1}'],
          ],
        },
        {
          stream: { app: 'shop', level: 'warn' },
          values: [['1357649445007000000', '{"time":"2013-01-08T12:50:45.007Z","level":"warn","msg":"two"}']],
        },
      ],
    })
  })

  it('OpenTelemetry gets its log data model, errors by the semantic conventions', async () => {
    const receiver = await receive()
    const logger = createLogger({
      name: 'app',
      uncaught: false,
      now: () => 1_357_649_445_007,
      sinks: [otlpSink(receiver.url, { ...quick, resource: { 'service.name': 'shop' } })],
    })
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const fields = {
      traceId,
      spanId: 'b7ad6b7169203331',
      n: 1,
      f: 1.5,
      ok: true,
      list: ['a', 2],
      deep: { a: null },
    }
    logger.error(new TypeError('bad'), 'failed', fields)
    await logger.close()
    const body = JSON.parse(receiver.bodies[0] ?? '') as {
      resourceLogs: [
        { resource: object; scopeLogs: [{ scope: object; logRecords: [Record<string, unknown>] }] },
      ]
    }
    const [{ resource, scopeLogs }] = body.resourceLogs
    expect(resource).toEqual({ attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] })
    expect(scopeLogs[0].scope).toEqual({ name: 'rocksolid' })
    expect(scopeLogs[0].logRecords[0]).toEqual({
      timeUnixNano: '1357649445007000000',
      observedTimeUnixNano: '1357649445007000000',
      severityNumber: 17,
      severityText: 'ERROR',
      body: { stringValue: 'failed' },
      traceId,
      spanId: 'b7ad6b7169203331',
      attributes: [
        { key: 'logger.name', value: { stringValue: 'app' } },
        { key: 'n', value: { intValue: '1' } },
        { key: 'f', value: { doubleValue: 1.5 } },
        { key: 'ok', value: { boolValue: true } },
        { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } },
        { key: 'deep', value: { kvlistValue: { values: [{ key: 'a', value: {} }] } } },
        { key: 'exception.type', value: { stringValue: 'TypeError' } },
        { key: 'exception.message', value: { stringValue: 'bad' } },
        {
          key: 'exception.stacktrace',
          value: { stringValue: expect.stringContaining('TypeError: bad\n    at ') },
        },
      ],
    })
  })

  it('a collector that takes only some is not asked again, and its refusals are counted', async () => {
    const receiver = await receive()
    receiver.answer = () => ({
      status: 200,
      body: '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"quota"}}',
    })
    const { logger, troubles, burst } = log(otlpSink(receiver.url, quick))
    burst(0, 5)
    await logger.flush()
    expect(receiver.requests).toHaveLength(1)
    expect(troubles).toMatchObject([
      { kind: 'permanent', lost: 2, message: 'the collector refused 2 records: quota' },
    ])
  })
})

describe('a spool folder', () => {
  it('belongs to one sink at a time', async () => {
    const options = { spool: at('one-owner') }
    const first = httpSink('http://127.0.0.1:1/', options)
    expect(() => httpSink('http://127.0.0.1:2/', options)).toThrow(
      /belongs to another sink already\. Allowed: a folder of its own/,
    )
    await first.close?.()
    await httpSink('http://127.0.0.1:2/', options).close?.()
  })
})
