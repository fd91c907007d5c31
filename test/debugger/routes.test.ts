import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/debugger/console-routes.ts'

describe('the routes of the debugger', () => {
  const routes = consoleRoutes({} as never)
  const table = routes.map(({ method, path, need }) => `${method} ${path} ${need}`)

  it('are these and no others', () => {
    expect(table.sort()).toEqual([
      'GET / local',
      'GET /assets/:id local',
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
