import { expect, it } from 'vitest'
import { indentAfter } from '../../src/debugger/client/indent.ts'

it.each([
  ['if (a) {', '  '],
  ['if (a) {\n  call(', '    '],
  ['if (a) {\n  b()', '  '],
  ['  } else {', '    '],
  ['call(a, [b])', ''],
  ["say('{')", ''],
  ['a // {', ''],
  ['', ''],
])('a new line after %j begins with %j', (before, expected) => {
  expect(indentAfter(before)).toBe(expected)
})
