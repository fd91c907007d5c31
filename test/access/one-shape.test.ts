import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { accessLog, attach } from '../../src/access.ts'
import { listening } from './support.ts'

// Express gives every request another prototype, after which V8 before 13 makes each a hidden class of its own with the
// next property. What the access log does against it must not be seen by anybody.

/** Of the log itself, or different from request to request. */
const APART = new Set(['Symbol(rocksolid.exchange)', 'write', 'end', '_events', '_eventsCount'])

/**
 * What a handler can tell of a request or response: its own properties, in no order, and what they hold, without those
 * that hold what it would inherit.
 */
function seen(target: object): Record<string, unknown> {
  const inherited = Object.getPrototypeOf(target) as Record<string | symbol, unknown>
  const facts: [string, unknown][] = []
  for (const key of Reflect.ownKeys(target)) {
    const value = (target as Record<string | symbol, unknown>)[key]
    if (APART.has(String(key)) || value === inherited[key]) continue
    const isEnumerable = Object.getOwnPropertyDescriptor(target, key)?.enumerable
    const isPlain = typeof value !== 'object' && typeof value !== 'function'
    facts.push([String(key), [isEnumerable, typeof value, isPlain ? String(value) : undefined]])
  }
  return Object.fromEntries(facts.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

type Mount = 'none' | 'middleware' | 'attach'

/** What the handlers of an Express app see of `path`, and what a client gets, when several requests have been there. */
async function told(mount: Mount, path: string): Promise<unknown> {
  const told: Record<string, unknown> = {}
  const tell = (place: string): express.RequestHandler =>
    function teller(req, res, next) {
      const { route, params, query, baseUrl, originalUrl } = req
      const { locals, statusCode, statusMessage } = res
      told[place] = {
        req: seen(req),
        res: seen(res),
        read: { route: route?.path, params, query, baseUrl, originalUrl, locals, statusCode, statusMessage },
      }
      next()
    }
  const inner = express.Router().get('/x/:id', tell('inner'), (req, res) => {
    res.status(201).send(req.params)
  })
  const app = express().use(tell('before'))
  if (mount === 'middleware') app.use(accessLog('combined', { to: '/dev/null' }))
  app.use(tell('after')).use('/in', inner)
  app.get('/user/:id', tell('route'), (req, res) => {
    res.json([req.params, req.route.path])
  })
  app.get('/fails', tell('fails'), () => {
    throw new Error('it fails')
  })
  app.use(tell('nobody'))
  app.use(((_error, _req, res, _next) => {
    res.statusMessage = 'Oh no'
    res.status(503).end('failed')
  }) satisfies express.ErrorRequestHandler)
  const server = createServer(app)
  if (mount === 'attach') attach(server, 'combined', { to: '/dev/null' })
  const { url } = await listening(server)
  await fetch(`${url}/user/0`)
  for (let request = 0; request < 3; request++) await (await fetch(url + path)).text()
  const response = await fetch(url + path)
  return { told, status: response.status, text: response.statusText, body: await response.text() }
}

describe('the one shape of requests under Express', () => {
  it.each(['/user/7?a=b', '/in/x/8', '/fails', '/nowhere'])(
    'handlers of %s see the same of request and response as without the log',
    async (path) => {
      const without = await told('none', path)
      expect(JSON.stringify(without)).toContain('"originalUrl"')
      expect(await told('middleware', path)).toEqual(without)
      expect(await told('attach', path)).toEqual(without)
    },
  )

  it('properties that an application has defined on the prototypes of Express are asked as before', async () => {
    const app = express()
    const asked: unknown[] = []
    Object.defineProperty(app.response, 'statusCode', {
      get: () => 200,
      set: (status: unknown) => asked.push(status),
      configurable: true,
    })
    app.use(accessLog('combined', { to: '/dev/null' }))
    app.get('/', (_req, res) => {
      res.statusCode = 418
      res.end('hello')
    })
    const { url } = await listening(createServer(app))
    for (let request = 0; request < 3; request++) await fetch(url)
    expect(asked.filter((status) => status === 418)).toHaveLength(3)
  })

  it('the query of Express 5 is there beside an app of Express 4, which sets one of its own', async () => {
    const old = express()
    Object.defineProperty(old.request, 'query', { value: undefined, writable: true })
    old.use((req, res) => {
      req.query = { from: 'four' }
      res.json(req.query)
    })
    const app = express()
      .use(accessLog('combined', { to: '/dev/null' }))
      .use('/old', old)
    app.get('/', (req, res) => {
      res.json(req.query)
    })
    const { url } = await listening(createServer(app))
    for (let request = 0; request < 3; request++)
      expect(await (await fetch(`${url}/old`)).json()).toEqual({ from: 'four' })
    expect(await (await fetch(`${url}/?a=b`)).json()).toEqual({ a: 'b' })
  })

  it('what else answers on the same server finds what it would inherit', async () => {
    const app = express().use(accessLog('combined', { to: '/dev/null' }))
    app.get('/', (_req, res) => {
      res.end('hello')
    })
    const { url } = await listening(
      createServer((req, res) => {
        if (req.url === '/') app(req, res)
        else res.end(JSON.stringify([res.statusCode, res.statusMessage ?? null, 'body' in req]))
      }),
    )
    for (let request = 0; request < 3; request++) await (await fetch(url)).text()
    const response = await fetch(`${url}/else`)
    expect([response.status, response.statusText, await response.text()]).toEqual([
      200,
      'OK',
      '[200,null,false]',
    ])
  })

  it('requests that are answered at the same time have one hidden class', () => {
    const app = join(import.meta.dirname, 'shapes.mjs')
    const output = execFileSync(process.execPath, ['--allow-natives-syntax', app], { encoding: 'utf8' })
    const { pairs, alike } = JSON.parse(output) as { readonly pairs: number; readonly alike: number }
    // The first are made before anything is known of them, and while V8 measures their size.
    expect(alike).toBeGreaterThanOrEqual(pairs - 10)
  })
})
