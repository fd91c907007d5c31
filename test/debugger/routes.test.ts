import { describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/debugger/console-routes.ts'

describe('the routes of the debugger', () => {
  const routes = consoleRoutes({} as never)
  const table = routes.map(({ method, path, need }) => `${method} ${path} ${need}`)

  it('are these and no others', () => {
    expect(table.sort()).toEqual([
      'GET / local',
      'GET /errors/:id local',
      'POST /complete unlocked',
      'POST /copy own-page',
      'POST /errors unlocked',
      'POST /evaluate unlocked',
      'POST /lock own-page',
      'POST /open unlocked',
      'POST /report unlocked',
      'POST /state own-page',
      'POST /unlock own-page',
    ])
  })

  it('change nothing by GET, and take every action from the debugger’s own page only', () => {
    for (const { method, need } of routes)
      expect([method, need === 'local']).toEqual([method, method === 'GET'])
  })
})
