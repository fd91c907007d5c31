import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { Writable } from 'node:stream'
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import pino from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import winston from 'winston'
import { otlpShape } from '../../src/logger/otlp-shape.ts'
import {
  captureConsole,
  createLogger,
  fingersCrossed,
  htmlSink,
  journaldSink,
  type LoggerOptions,
  type LogRecord,
  loggerSink,
  memorySink,
  pinoDestination,
  streamSink,
  winstonTransport,
  withContext,
} from '../../src/logger.ts'
import { runChild } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function collected(options: LoggerOptions = {}) {
  const memory = memorySink()
  const log = createLogger({ level: 'trace', uncaught: false, levelFrom: false, sinks: [memory], ...options })
  closing.push(() => log.close())
  const said = (): string[] => memory.records().map((record) => `${record.level} ${record.message}`)
  return { log, memory, said }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('memory', () => {
  it('keeps the last so many, oldest first', () => {
    const memory = memorySink({ size: 3 })
    const log = createLogger({ uncaught: false, sinks: [memory] })
    for (let n = 0; n < 5; n++) log.info(`m${n}`)
    expect(memory.records().map((record) => record.message)).toEqual(['m2', 'm3', 'm4'])
    memory.clear()
    expect(memory.records()).toEqual([])
  })
})

describe('a stream', () => {
  it('may stand first or among the options, and other options keep their checks', async () => {
    const texts: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        texts.push(String(chunk))
        done()
      },
    })
    const format = '%(levelname)s %(message)s'
    const { log } = collected({ sinks: [streamSink(stream, { format }), streamSink({ stream, format })] })
    log.info('twice')
    await log.flush()
    expect(texts.join('')).toBe('INFO twice\nINFO twice\n')
    expect(() => streamSink('stdoot' as 'stdout')).toThrow(/option "stream" is "stdoot"/)
    expect(() => streamSink(stream, { formt: format } as object)).toThrow(/unknown option "formt".*"format"/s)
  })
})

describe('fingers crossed', () => {
  it('lets the debug lines of a request through only when that request fails, in order', () => {
    const memory = memorySink()
    const log = createLogger({
      level: 'trace',
      uncaught: false,
      sinks: [fingersCrossed(memory, { pass: 'warn', size: 2 })],
    })
    const request = (requestId: string, work: () => void): void => withContext({ requestId }, work)
    request('a', () => log.debug('a1'))
    request('b', () => log.debug('b1'))
    request('b', () => log.debug('b2'))
    request('b', () => log.debug('b3'))
    request('a', () => log.warn('a2'))
    request('b', () => log.error('b4'))
    request('b', () => log.debug('b5'))
    request('a', () => log.debug('a3'))
    expect(memory.records().map((record) => record.message)).toEqual(['a2', 'b2', 'b3', 'b4', 'b5'])
  })
})

describe('fingers crossed without a request', () => {
  it('lets through what came before an error, and holds back again what comes after it', () => {
    const memory = memorySink()
    const log = createLogger({ level: 'trace', uncaught: false, sinks: [fingersCrossed(memory)] })
    log.debug('before')
    log.error('failed')
    log.debug('after')
    expect(memory.records().map((record) => record.message)).toEqual(['before', 'failed'])
  })
})

describe('fewer records', () => {
  it('a rate limit lets the first through and says how many were suppressed, without losing other messages', async () => {
    const { log, said } = collected({ rateLimit: { records: 2, perMs: 500 } })
    for (let n = 0; n < 10; n++) log.warn('again')
    log.info('other')
    await expect.poll(said).toContain('warn 8 more suppressed: again')
    log.warn('again')
    expect(said()).toEqual([
      'warn again',
      'warn again',
      'info other',
      'warn 8 more suppressed: again',
      'warn again',
    ])
  })

  it('a message that comes seldom enough is never suppressed', async () => {
    const { log, said } = collected({ rateLimit: { records: 1, perMs: 20 } })
    for (let n = 0; n < 3; n++) {
      log.info('now and then')
      await sleep(40)
    }
    expect(said()).toEqual(['info now and then', 'info now and then', 'info now and then'])
  })

  it('what was suppressed is told at the end too', async () => {
    const { log, said } = collected({ rateLimit: { records: 1, perMs: 60_000 } })
    for (let n = 0; n < 4; n++) log.info('again')
    await log.close()
    expect(said()).toEqual(['info again', 'info 3 more suppressed: again'])
  })

  it('a name that no rate limit or sample has, or a number it cannot use, is refused at start', () => {
    const refused = (options: object): unknown => {
      try {
        return createLogger({ uncaught: false, ...options })
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(refused({ rateLimit: { records: 1, perms: 5 } })).toBe(
      'createLogger: rateLimit: unknown option "perms". Did you mean "perMs"? Allowed: records, perMs, by.',
    )
    expect(refused({ rateLimit: { records: 1, perMs: '1s' } })).toContain('option "perMs" is "1s"')
    expect(refused({ rateLimit: {} })).toContain('Allowed: an object such as { records: 10, perMs: 1000 }')
    expect(refused({ sample: { debgu: 0.1 } })).toContain(
      'createLogger: sample: unknown option "debgu". Did you mean "debug"?',
    )
    expect(refused({ levels: { audit: 35 }, sample: { audit: 0.1 } })).not.toEqual(expect.any(String))
  })

  it('a sample keeps whole requests, about as many as asked, and every level that is not named', () => {
    const { log, memory } = collected({ sample: { debug: 0.25 } })
    for (let n = 0; n < 900; n++) {
      withContext({ requestId: `r${n}` }, () => {
        log.debug('one')
        log.debug('two')
      })
    }
    log.info('kept')
    const perRequest = new Map<unknown, number>()
    for (const { fields } of memory.records())
      perRequest.set(fields.requestId, (perRequest.get(fields.requestId) ?? 0) + 1)
    expect(perRequest.get(undefined)).toBe(1)
    perRequest.delete(undefined)
    expect([...new Set(perRequest.values())]).toEqual([2])
    expect(perRequest.size).toBeGreaterThan(150)
    expect(perRequest.size).toBeLessThan(300)
  })

  it('filters and enrichers are the application’s, and their failures are not', () => {
    const { log, memory } = collected({
      filter: (record) => {
        if (record.message === 'throw') throw new Error('no')
        return record.message !== 'drop'
      },
      enrich: [
        () => ({ host: 'h', n: 'enricher' }),
        () => {
          throw new Error('no')
        },
      ],
    })
    log.info('drop')
    log.info('throw')
    log.info('keep', { n: 'call' })
    expect(memory.records().map(({ message, fields }) => [message, fields])).toEqual([
      ['throw', { host: 'h', n: 'enricher' }],
      ['keep', { host: 'h', n: 'call' }],
    ])
  })
})

describe('bridges', () => {
  it('from pino: levels, messages, fields, errors', () => {
    const { log, memory } = collected()
    const other = pino({ level: 'trace' }, pinoDestination(log))
    other.info({ a: 1 }, 'from pino')
    other.child({ b: 2 }).error(new TypeError('bad'), 'failed')
    expect(memory.records()).toMatchObject([
      { level: 'info', message: 'from pino', fields: { a: 1 } },
      { level: 'error', message: 'failed', fields: { b: 2, err: { type: 'TypeError', message: 'bad' } } },
    ])
  })

  it('to pino', () => {
    const lines: string[] = []
    const other = pino(
      { level: 'trace', base: null, timestamp: false },
      { write: (line: string) => void lines.push(line) },
    )
    const log = createLogger({ name: 'app', uncaught: false, sinks: [loggerSink(other as never)] })
    log.warn('to pino', { a: 1 })
    log.fatal('end')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 40, logger: 'app', a: 1, msg: 'to pino' },
      { level: 60, logger: 'app', msg: 'end' },
    ])
  })

  it('from and to winston', () => {
    const { log, memory } = collected()
    const from = winston.createLogger({ level: 'silly', transports: [winstonTransport(log) as never] })
    from.info('from winston', { a: 1 })
    from.http('request')
    expect(memory.records()).toMatchObject([
      { level: 'info', message: 'from winston', fields: { a: 1 } },
      { level: 'debug', message: 'request' },
    ])
    const lines: string[] = []
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const transport = new winston.transports.Stream({ stream, eol: '' })
    const to = winston.createLogger({
      level: 'silly',
      format: winston.format.json(),
      transports: [transport],
    })
    const sending = createLogger({ uncaught: false, level: 'trace', sinks: [loggerSink(to as never)] })
    sending.trace('least')
    sending.fatal('most', { a: 1 })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'silly', message: 'least' },
      { level: 'error', message: 'most', a: 1 },
    ])
  })

  it('from and to console, without a loop', async () => {
    const result = await runChild(
      `const { createLogger, captureConsole, loggerSink, memorySink } = rocksolid
       const memory = memorySink()
       const log = createLogger({ sinks: [memory, loggerSink(console)] })
       const stop = captureConsole(log)
       console.warn('printed')
       log.info('logged')
       stop()
       console.log('after')
       fs.writeFileSync(args[0], memory.records().map((r) => r.level + ' ' + r.message).join())`,
      { args: [at('console.txt')] },
    )
    expect(readFileSync(at('console.txt'), 'utf8')).toBe('warn printed,info logged')
    expect(result.stdout).toBe('logged\nafter\n')
    expect(result.stderr).toMatch(/^printed\nprinted/)
  })

  it('something that is no logger is refused', () => {
    expect(() => loggerSink({})).toThrow(/loggerSink: the logger is an object, without a method for "trace"/)
    expect(typeof captureConsole).toBe('function')
  })
})

describe('journald', () => {
  it('speaks the protocol of its stream socket, a priority before each line', async () => {
    let heard = ''
    const server = createServer((socket) =>
      socket.setEncoding('utf8').on('data', (text) => {
        heard += text
      }),
    )
    server.listen(at('journal.sock'))
    await once(server, 'listening')
    closing.push(() => server.close())
    const log = createLogger({
      name: 'app',
      level: 'debug',
      uncaught: false,
      sinks: [
        journaldSink({ socket: at('journal.sock'), identifier: 'shop', format: '%(message)s %(fields)s' }),
      ],
    })
    log.debug('one', { n: 1 })
    log.error('two\nlines')
    await log.close()
    await expect
      .poll(() => heard)
      .toBe('shop\n\n6\n1\n0\n0\n0\n<7>one n=1\n<3>two\n<3>    lines \n'.replace('lines \n', 'lines\n'))
  })

  it('on a service’s own stderr it only puts the priority in front', async () => {
    const { openSync, fstatSync } = await import('node:fs')
    const stderr = openSync(at('journal-stderr'), 'w')
    const { dev, ino } = fstatSync(stderr)
    await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.journaldSink()] }); log.warn('careful', { n: 1 }); process.exit(0)`,
      { stdio: ['ignore', 'pipe', stderr], env: { JOURNAL_STREAM: `${dev}:${ino}` } },
    )
    expect(readFileSync(at('journal-stderr'), 'utf8')).toBe('<4>careful n=1\n')
  })
})

describe('pages of errors', () => {
  it('a folder keeps the last so many, whole, with the cause; a dying process leaves a plain one', async () => {
    const sink = htmlSink(at('pages'), { keep: 2 })
    const log = createLogger({ uncaught: false, sinks: [sink] })
    for (let n = 0; n < 4; n++)
      log.error(new Error(`number ${n}`, { cause: new Error('<script>alert(1)</script>') }))
    log.error('no error, no page')
    await log.close()
    const names = readdirSync(at('pages'))
    expect(names).toHaveLength(2)
    const last = readFileSync(at(`pages/${names.sort()[1]}`), 'utf8')
    expect(last).toContain('number 3')
    expect(last).not.toContain('<script>alert(1)</script>')
    await runChild(
      `rocksolid.createLogger({ sinks: [rocksolid.htmlSink(args[0])] }); setTimeout(() => { throw new Error('last <b>words') }, 5)`,
      { args: [at('last.html')] },
    )
    expect(readFileSync(at('last.html'), 'utf8')).toContain('last &lt;b&gt;words')
  })

  it('the plain page of a dying process masks secrets as the whole one does', async () => {
    await runChild(
      `rocksolid.createLogger({ sinks: [rocksolid.htmlSink(args[0])] }); setTimeout(() => { throw new Error('no answer of postgres://shop:hunter2@db/orders') }, 5)`,
      { args: [at('dying.html')] },
    )
    const page = readFileSync(at('dying.html'), 'utf8')
    expect(page).toContain('no answer of postgres://')
    expect(page).not.toContain('hunter2')
  })
})

describe('OpenTelemetry', () => {
  it('our JSON is what its own serializer makes of the same record', () => {
    let item = ''
    const shape = otlpShape({ 'service.name': 'shop' })
    const sink = (record: LogRecord): void => {
      item = shape.item(record)
    }
    const log = createLogger({ uncaught: false, now: () => 1_357_649_445_007, sinks: [sink] })
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const spanId = 'b7ad6b7169203331'
    log.warn('hello', { traceId, spanId, n: 1, f: 1.5, ok: false, list: ['a', 2], deep: { a: 'b' } })
    const hrTime: [number, number] = [1_357_649_445, 7_000_000]
    const theirs = JsonLogsSerializer.serializeRequest([
      {
        hrTime,
        hrTimeObserved: hrTime,
        severityNumber: 13,
        severityText: 'WARN',
        body: 'hello',
        attributes: { n: 1, f: 1.5, ok: false, list: ['a', 2], deep: { a: 'b' } },
        resource: { attributes: { 'service.name': 'shop' } },
        instrumentationScope: { name: 'rocksolid' },
        spanContext: { traceId, spanId, traceFlags: 1 },
        droppedAttributesCount: 0,
      } as never,
    ])
    const strip = (text: string): unknown =>
      JSON.parse(text, (key, value) => {
        if (['droppedAttributesCount', 'flags', 'schemaUrl', 'version', 'entityRefs'].includes(key))
          return undefined
        return key === 'intValue' || key === 'timeUnixNano' || key === 'observedTimeUnixNano'
          ? String(value)
          : value
      })
    expect(strip(shape.compose([item]))).toEqual(strip(new TextDecoder().decode(theirs)))
  })
})

describe('the end of a program', () => {
  it('is not put off for ever by a sink whose flush needs the event loop', async () => {
    const result = await runChild(
      `let flushes = 0
       const sink = Object.assign(() => {}, { flush: () => new Promise((r) => setTimeout(() => { flushes++; r() }, 10)) })
       rocksolid.createLogger({ sinks: [sink] }).info('m')
       process.on('exit', () => console.log(flushes))`,
    )
    expect(result).toMatchObject({ code: 0, stdout: '1\n' })
  })
})
