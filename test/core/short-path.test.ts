import { expect, it } from 'vitest'
import { pathInside, shortPath } from '../../src/core/short-path.ts'

it.each([
  ['/app/src/server.js', 'src/server.js'],
  ['/app/..cache/a.js', '..cache/a.js'],
  ['/app', '/app'],
  ['/etc/passwd', '/etc/passwd'],
  ['/application/a.js', '/application/a.js'],
])('shows %s from /app as %s', (path, shown) => {
  expect(shortPath(path, '/app')).toBe(shown)
})

it.each([
  ['/app/src/server.js', 'src/server.js'],
  ['/app/..cache/a.js', '..cache/a.js'],
  ['/app', undefined],
  ['/app/../etc/passwd', undefined],
  ['/application/a.js', undefined],
])('%s lies in /app as %s', (path, inside) => {
  expect(pathInside(path, '/app')).toBe(inside)
})
