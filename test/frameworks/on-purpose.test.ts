import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type RawReply, request } from '../support/request.ts'

// Frameworks do not always say which error their 500 is about, and applications answer 500 by themselves.
let app: AppProcess
beforeAll(async () => {
  app = await startApp('frameworks/on-purpose.mjs', {
    nodeArgs: ['--import', 'rocksolid/register'],
    cwd: resolve(import.meta.dirname, '..', '..'),
    ready: /listening (\d+)/,
  })
})
afterAll(() => app?.stop())

async function get(framework: string, path: string, accept = 'text/html'): Promise<RawReply> {
  const [, port] = await app.printed(new RegExp(`${framework} on (\\d+)`))
  return await request({ port: Number(port), path, headers: { accept } })
}

const WORDS = 'Internal Server Error'

describe('a 500 that the application made of an error it has caught is left alone', () => {
  it.each([
    ['express', '/words', WORDS],
    ['express', '/json', '{"error":"sync 1"}'],
    ['koa', '/words', WORDS],
    ['koa', '/json', '{"error":"sync 1"}'],
    ['fastify', '/words', `{"statusCode":500,"error":"${WORDS}","message":"sync 1"}`],
    ['fastify', '/json', '{"error":"sync 1"}'],
    ['hapi', '/words', `{"statusCode":500,"error":"${WORDS}","message":"An internal server error occurred"}`],
    ['hapi', '/json', '{"error":"sync 1"}'],
    ['hono', '/words', 'sync 1'],
    ['hono', '/json', '{"error":"sync 1"}'],
    ['hono', '/handled', 'dealt with: sync 1'],
  ])('by %s, %s', async (framework, path, body) => {
    for (const accept of ['text/html', 'application/json']) {
      const reply = await get(framework, `${path}?id=1`, accept)
      expect([reply.status, reply.body, reply.headers['x-debug-url']]).toEqual([500, body, undefined])
    }
    expect(app.stderr()).not.toMatch(/TypeError: sync 1\n/)
  })
})

describe('a guess is labelled as a guess', () => {
  const GUESS = 'A guess: the framework did not say what its error answer is about'

  it('on the page and in the terminal, with what else was thrown', async () => {
    const page = await get('hono', '/dropped?id=2')
    expect([page.status, page.body.includes('a string 2')]).toEqual([500, true])
    expect(page.body).toContain(GUESS)
    expect(page.body).toContain('4 other exceptions were thrown and caught in it.')
    await app.printed(new RegExp(`${GUESS}.*\\n`))
  })

  it('and so in the terminal where a program has asked, which gets the answer of the framework', async () => {
    const reply = await get('hono', '/dropped?id=3', 'application/json')
    expect([reply.status, reply.body.includes('a string 3')]).toEqual([500, false])
    await app.printed(/non-error thrown: "a string 3"|a string 3/)
    expect(app.stderr().match(new RegExp(GUESS, 'g'))?.length).toBeGreaterThanOrEqual(2)
  })

  it('where the application says the very words of a framework that drops its errors', async () => {
    const page = await get('hono', '/guess?id=4')
    expect([page.status, page.body.includes('sync 4'), page.body.includes(GUESS)]).toEqual([500, true, true])
  })

  it('and an error that the framework has at hand is none', async () => {
    const reply = await get('koa', '/thrown?id=5')
    expect([reply.status, reply.body.includes('sync 5'), reply.body.includes(GUESS)]).toEqual([
      500,
      true,
      false,
    ])
  })
})
