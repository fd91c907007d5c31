import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createDebugger } from '../../src/debugger.ts'
import { rocksolid } from '../../src/fastify.ts'
import { createLogger, jsonFormat, type LogRecord } from '../../src/logger.ts'
import { request } from '../support/request.ts'

const debug = createDebugger({ terminal: false })
afterAll(() => debug.close())

const warnings: string[] = []
const hear = (warning: Error): void => void warnings.push(warning.message)
process.on('warning', hear)
afterAll(() => void process.off('warning', hear))

type Running = Pick<FastifyInstance, 'listen' | 'addresses' | 'close'>
const running: Running[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

async function get(app: Running, path: string) {
  running.push(app)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.addresses()[0] as { port: number }
  return await request({ port, path, headers: { accept: 'text/html', 'x-request-id': 'r-1' } })
}

const fail = (app: FastifyInstance): void =>
  void app.get('/', () => {
    throw new Error('thrown here')
  })

const own = (app: FastifyInstance): void =>
  void app.setErrorHandler((error, _request, reply) => reply.code(503).send(`sorry: ${String(error)}`))

const plugin = () => rocksolid({ access: false, debugger: debug })

describe('an error handler of a Fastify application answers, not the debugger', () => {
  it.each<[string, (app: FastifyInstance) => unknown]>([
    [
      'set before the plugin',
      async (app) => {
        own(app)
        await app.register(plugin())
      },
    ],
    [
      'set after the plugin',
      async (app) => {
        await app.register(plugin())
        own(app)
      },
    ],
    [
      'set after a plugin that is not waited for',
      (app) => {
        app.register(plugin())
        own(app)
      },
    ],
  ])('%s', async (_title, wire) => {
    for (const allowErrorHandlerOverride of [true, false]) {
      const app = Fastify({ allowErrorHandlerOverride })
      await wire(app)
      fail(app)
      const reply = await get(app, '/')
      expect([reply.status, reply.body]).toEqual([503, 'sorry: Error: thrown here'])
    }
    await new Promise((done) => setImmediate(done))
    expect(warnings).toEqual([])
  })

  it('has the page when it sends the error on, or has no such handler', async () => {
    for (const wire of [
      () => {},
      (app: FastifyInstance) => app.setErrorHandler((error, _request, reply) => reply.send(error)),
    ]) {
      const app = Fastify()
      await app.register(plugin())
      wire(app)
      fail(app)
      const reply = await get(app, '/')
      expect([reply.status, reply.body.includes('thrown here')]).toEqual([500, true])
      expect(reply.headers['content-type']).toContain('text/html')
    }
  })
})

describe('a logger of this package', () => {
  const memory = () => {
    const records: LogRecord[] = []
    const log = createLogger({
      levelFrom: false,
      uncaught: false,
      sinks: [(record) => void records.push(record)],
    })
    return { records, log }
  }

  it('is the one of the whole application, when Fastify is given it', async () => {
    const { records, log } = memory()
    const app = Fastify({ loggerInstance: log })
    await app.register(rocksolid({ access: false, log }))
    app.get('/', (request) => {
      request.log.warn({ cat: 7 }, 'looked for')
      app.log.info('hello from the application')
      return app.log.level
    })
    expect((await get(app, '/')).body).toBe('info')
    const seen = records.map(({ message, fields }) => [message, fields.requestId, fields.cat])
    expect(seen).toContainEqual(['looked for', 'r-1', 7])
    expect(seen).toContainEqual(['hello from the application', 'r-1', undefined])
    const listening = records.find(({ message }) => message.startsWith('Server listening at'))
    expect(listening?.fields).toEqual({})
    // Fastify hands whole requests and replies to its logger.
    const jsonFormatted = records.map((record) => jsonFormat()(record))
    expect(Math.max(...jsonFormatted.map((line) => line.length))).toBeLessThan(1000)
  })

  it('says its level, as pino does', () => {
    const { records, log } = memory()
    const db = log.child('db')
    db.level = 'warn'
    expect([log.level, db.level, log.child('db').level, log.child('x').level]).toEqual([
      'info',
      'warn',
      'warn',
      'info',
    ])
    db.info('not heard')
    log.level = 'silent'
    expect(log.level).toBe('silent')
    log.fatal('not heard')
    log.silent('nor this')
    expect(records).toEqual([])
    expect(() => {
      log.level = 'loud'
    }).toThrow(/"loud" is no level/)
  })
})
