import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/debugger/console-routes.ts'
import { answerRoute } from '../../src/debugger/routes.ts'

describe('the routes of the debugger', () => {
  const routes = consoleRoutes({} as never)
  const table = routes.map(({ method, path, need }) => `${method} ${path} ${need}`)

  it('are these and no others', () => {
    expect(table.sort()).toEqual([
      'GET / local',
      'GET /assets/:id local',
      'GET /console local',
      'GET /errors/:id local',
      'GET /saved/:id local',
      'POST /complete unlocked',
      'POST /copy own-page',
      'POST /errors unlocked',
      'POST /evaluate unlocked',
      'POST /frames unlocked',
      'POST /locals unlocked',
      'POST /lock own-page',
      'POST /open unlocked',
      'POST /preview unlocked',
      'POST /release unlocked',
      'POST /replay unlocked',
      'POST /report unlocked',
      'POST /state own-page',
      'POST /unlock own-page',
    ])
  })

  it('are those of the reference, with what they need', () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/reference/api.md'), 'utf8')
    const needs = { '–': 'local', token: 'own-page', unlocked: 'unlocked' } as const
    const rows = [...text.matchAll(/^\| `(GET|POST) (\S+)` \| (–|token|unlocked) \|/gm)]
    const documented = rows.map(
      ([, method, path, need]) => `${method} ${path} ${needs[need as keyof typeof needs]}`,
    )
    expect(documented.sort()).toEqual([...table].sort())
  })

  it('change nothing by GET, and take every action from the debugger’s own page only', () => {
    for (const { method, need } of routes)
      expect([method, need === 'local']).toEqual([method, method === 'GET'])
  })
})

describe('nothing else answers below the prefix', () => {
  const root = join(import.meta.dirname, '../../src')
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.generated.ts'))
    .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(root, name), 'utf8')] as const)
  const those = (pattern: RegExp): string[] =>
    sources.flatMap(([name, text]) => (pattern.test(text) ? [name] : [])).sort()

  it('no file but the two protocols spells it', () => {
    expect(those(/^[^*]*['`]\/__rocksolid/m)).toEqual(['debugger/protocol.ts', 'dev/overlay/protocol.ts'])
  })

  it('requests are compared with it where the two tables are, whose routes are listed in tests', () => {
    const comparing = /(?:startsWith\([^)]*|[!=]== (?:`\$\{)?(?:OVERLAY_)?)PREFIX|PREFIX(?: \+ [\w.]+)? ===/
    const knowing = new Set(those(/PREFIX\b[^;]*? from '[./]*\/protocol\.ts'/))
    expect(those(comparing).filter((name) => knowing.has(name))).toEqual([
      'debugger/routes.ts',
      'dev/overlay/overlay.ts',
      'dev/overlay/routes.ts',
    ])
  })
})

describe('a route is reached through the guard alone', () => {
  const refusal = { allowed: false, status: 403, error: 'No', explanation: 'by the test', option: undefined }
  const asked: string[] = []
  const guard = {
    check: (req: { url: string }, need: string) => {
      asked.push(`${req.url} ${need}`)
      return refusal
    },
    isUnlocked: () => true,
  }
  // Whatever a handler would touch: it must not come so far.
  const untouchable = new Proxy(() => {}, {
    get: (_target, name) => expect.fail(`touched ${String(name)}`),
    apply: () => expect.fail('called'),
  })
  const routes = consoleRoutes(new Proxy({}, { get: () => untouchable }) as never)

  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    '%s %s',
    async (_m, _p, route) => {
      const url = `/__rocksolid${route.path.replace(':id', 'abc')}`
      let sent = ''
      const res = {
        getHeaderNames: () => [],
        setHeader() {},
        end: (body: Buffer) => {
          sent = String(body)
        },
      }
      const req = { method: route.method, url, headers: {}, rawHeaders: [], httpVersionMajor: 1 }
      const told: unknown[] = []
      await answerRoute(routes, guard as never, req as never, res as never, (one) => told.push(one))
      expect(asked.at(-1)).toBe(`${url} ${route.need}`)
      expect(JSON.parse(sent)).toEqual({
        error: 'No',
        explanation: 'by the test',
        refused: `${route.method} ${url}`,
      })
      expect(told.length).toBe(1)
    },
  )
})
