import 'reflect-metadata'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Controller,
  Get,
  HttpException,
  type INestApplication,
  type LoggerService,
  Module,
  Logger as NestLogger,
  Post,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createLogger, type Logger, type LogRecord } from '../../src/logger.ts'
import { nestLogger, rocksolid } from '../../src/nest.ts'
import { type RawReply, request } from '../support/request.ts'

const PLATFORMS = ['express', 'fastify'] as const
type Platform = (typeof PLATFORMS)[number]

/** What handlers throw, by path. */
const THROWN: Readonly<Record<string, () => unknown>> = {
  plain: () => new Error('plain failure'),
  'not-found': () => new HttpException('no cat', 404),
  teapot: () => new HttpException({ tea: true }, 418),
  unavailable: () => new HttpException('come back', 503),
  'http-error': () =>
    Object.assign(new Error('too big'), { statusCode: 413, status: 413, expose: true, type: 'x' }),
  'hidden-http-error': () =>
    Object.assign(new Error('secret path'), { statusCode: 500, status: 500, expose: false }),
  'status-of-its-own': () => Object.assign(new Error('not asked for'), { status: 404 }),
  'no-error': () => ({ statusCode: 409, message: 'taken' }),
  text: () => 'a string',
  null: () => null,
}

function makeModule(): new () => object {
  class Cats {
    throws = (path: string): never => {
      throw THROWN[path]?.()
    }
  }
  for (const path of Object.keys(THROWN)) {
    Object.defineProperty(Cats.prototype, path, {
      value(this: Cats) {
        this.throws(path)
      },
      configurable: true,
      writable: true,
    })
    Get(`/${path}`)(Cats.prototype, path, Object.getOwnPropertyDescriptor(Cats.prototype, path) ?? {})
  }
  Object.defineProperty(Cats.prototype, 'save', { value: () => 'saved', configurable: true, writable: true })
  Post('/save')(Cats.prototype, 'save', Object.getOwnPropertyDescriptor(Cats.prototype, 'save') ?? {})
  Object.defineProperty(Cats.prototype, 'logs', {
    value() {
      new NestLogger('CatsService').log('a cat was asked for')
      return 'ok'
    },
    configurable: true,
    writable: true,
  })
  Get('/logs')(Cats.prototype, 'logs', Object.getOwnPropertyDescriptor(Cats.prototype, 'logs') ?? {})
  Controller()(Cats)
  class Root {}
  Module({ controllers: [Cats] })(Root)
  return Root
}

const running: INestApplication[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

interface Served {
  readonly said: readonly string[]
  get(path: string, more?: { readonly method?: string; readonly body?: string }): Promise<RawReply>
}

async function serve(
  platform: Platform,
  wire: (app: INestApplication) => void,
  logger?: LoggerService,
): Promise<Served> {
  const said: string[] = []
  const say = (message: unknown, ...rest: unknown[]): void => {
    const context = rest.at(-1)
    if (context === 'ExceptionsHandler') said.push(String(message))
  }
  const given = logger ?? { log: () => {}, warn: say, error: say }
  const app =
    platform === 'express'
      ? await NestFactory.create(makeModule(), { logger: given })
      : await NestFactory.create(makeModule(), new FastifyAdapter(), { logger: given })
  wire(app)
  await app.listen(0, '127.0.0.1')
  running.push(app)
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo
  return {
    said,
    get: async (path, more = {}) =>
      await request({ port, path, headers: { 'content-type': 'application/json' }, ...more }),
  }
}

describe.each(PLATFORMS)('Nest on %s', (platform) => {
  it('answers exceptions and tells its logger as it would alone, without a debugger', async () => {
    const asked: (readonly [string, object])[] = [
      ...Object.keys(THROWN).map((path) => [`/${path}`, {}] as const),
      ['/missing', {}],
      ['/save', { method: 'POST', body: '{"broken' }],
      ['/save', { method: 'POST', body: JSON.stringify('x'.repeat(2_000_000)) }],
    ]
    // One after the other: Nest has one logger for all applications of a process.
    const outcomes = async (wire: (app: INestApplication) => void) => {
      const { said, get } = await serve(platform, wire)
      const replies = []
      for (const [path, more] of asked) {
        const { status, body } = await get(path, more)
        replies.push([path, status, body])
      }
      return { said, replies }
    }
    const alone = await outcomes(() => {})
    expect(alone.said).toContain('Error: plain failure')
    expect(await outcomes((app) => rocksolid(app, { access: false }))).toEqual(alone)
  })

  it('leaves what a handler throws to the logger that is given, and says it once', async () => {
    const records: LogRecord[] = []
    const log = memoryLogger(records)
    const { said, get } = await serve(platform, (app) => rocksolid(app, { access: false, log }))
    expect((await get('/plain')).status).toBe(500)
    expect(records.map((record) => String(record.error))).toEqual(['Error: plain failure'])
    expect(said).toEqual([])
  })
})

describe('nestLogger', () => {
  it('takes what Nest and its loggers say, by the name of their context, with the fields of the request', async () => {
    const records: LogRecord[] = []
    const log = memoryLogger(records)
    const { get } = await serve('express', (app) => rocksolid(app, { access: false, log }), nestLogger(log))
    await get('/logs')
    const started = records.find((record) => record.message.includes('application successfully started'))
    expect([started?.logger, started?.level]).toEqual(['NestApplication', 'info'])
    const line = records.find((record) => record.logger === 'CatsService')
    expect([line?.message, line?.fields.url]).toEqual(['a cat was asked for', '/logs'])
    expect(line?.fields.requestId).toEqual(expect.any(String))
  })

  it.each([
    [['log', 'hello', 'Cats'], { level: 'info', logger: 'Cats', message: 'hello' }],
    [['log', 'hello'], { level: 'info', logger: '', message: 'hello' }],
    [['verbose', 'much', 'Cats'], { level: 'trace', logger: 'Cats', message: 'much' }],
    [['debug', { id: 7 }, 'Cats'], { level: 'debug', logger: 'Cats', message: '', fields: { id: 7 } }],
    [['warn', 'odd', { id: 7 }, 3, 'Cats'], { level: 'warn', message: 'odd', fields: { id: 7, more: [3] } }],
    [
      ['fatal', 'the end', undefined, 'Cats'],
      { level: 'fatal', logger: 'Cats', message: 'the end', fields: {} },
    ],
  ] as const)('%j', ([method, ...args], expected) => {
    const records: LogRecord[] = []
    nestLogger(memoryLogger(records))[method]?.(...(args as unknown as [unknown, ...unknown[]]))
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject(expected)
  })

  it('keeps the error, given as one or as the text of its stack', () => {
    const records: LogRecord[] = []
    const nest = nestLogger(memoryLogger(records))
    const error = new TypeError('broken')
    nest.error(error, undefined, 'Cats')
    nest.error('failed', error, 'Cats')
    nest.error(error.message, error.stack, 'Cats')
    nest.error('failed', 'Cats')
    expect(records.map((record) => [record.logger, record.message])).toEqual([
      ['Cats', 'broken'],
      ['Cats', 'failed'],
      ['Cats', 'broken'],
      ['Cats', 'failed'],
    ])
    expect(records.map((record) => (record.error as Error | undefined)?.stack)).toEqual([
      error.stack,
      error.stack,
      error.stack,
      undefined,
    ])
  })
})

function memoryLogger(records: LogRecord[]): Logger {
  return createLogger({
    level: 'trace',
    levelFrom: false,
    uncaught: false,
    sinks: [(record) => void records.push(record)],
  })
}
