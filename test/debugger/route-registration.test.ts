import { performance } from 'node:perf_hooks'
import { afterEach, expect, it, vi } from 'vitest'
import { findRegistration } from '../../src/debugger/story/route-registration.ts'

afterEach(() => vi.restoreAllMocks())

it('is searched for again where a search has run out of time, a second later', () => {
  let now = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  let isStalled = true
  const sources: Readonly<Record<string, string>> = {
    '/srv/a.mjs': 'const a = 1\n',
    '/srv/routes.mjs': "app.get('/a/:id', show)\n",
  }
  const scripts = {
    files: () => Object.keys(sources),
    sourceOf: (file: string) => {
      // As on a machine that does something else for a while.
      if (isStalled) now += 100
      return sources[file]
    },
    broken: () => [],
  }
  const find = () => findRegistration('GET', '/a/:id', undefined, scripts)
  expect(find()).toBeUndefined()
  isStalled = false
  expect(find()).toBeUndefined()
  now += 1000
  expect(find()).toEqual({ file: '/srv/routes.mjs', line: 1, column: 5 })
})
