import { describe, expect, it } from 'vitest'
import { type HeaderSource, headerFinder, requestHeader } from '../../src/http/raw-headers.ts'

const request = (...rawHeaders: readonly string[]): HeaderSource => ({
  rawHeaders,
  httpVersionMajor: 1,
  headers: {},
})

describe('a header that is looked for in many requests', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['user-agent', ['Host', 'a', 'User-Agent', 'curl'], 'curl'],
    ['user-agent', ['USER-AGENT', 'curl'], 'curl'],
    ['user-agent', ['Connection', 'close'], undefined],
    ['user-agent', ['User-Agent', 'one', 'user-agent', 'two'], 'one'],
    ['x-tag', ['X-Tag', 'one', 'Host', 'a', 'x-tag', 'two', 'X-TAG', 'three'], 'one, two, three'],
    ['cookie', ['Cookie', 'a=1', 'cookie', 'b=2'], 'a=1; b=2'],
    ['x-empty', ['X-Empty', ''], ''],
    ['x-none', [], undefined],
  ])('%s in %j is %j', (name, raw, expected) => {
    expect(headerFinder(name)(request(...raw))).toBe(expected)
  })

  it('is found by each of many finders, and anew in each request', () => {
    const names = ['referer', 'accept', 'x-a', 'x-b', 'x-c', 'x-d', 'a-b', 'b-a']
    const finders = names.map((name) => [name, headerFinder(name)] as const)
    for (let round = 0; round < 500; round++) {
      const raw = Array.from({ length: round % 9 }, (_, at) => {
        const name = names[(round * 7 + at * (1 + (round % 5))) % names.length] as string
        return [round % 3 === 0 ? name.toUpperCase() : name, `${round}.${at}`]
      }).flat()
      const one = request(...raw)
      for (const [name, find] of finders) expect(find(one)).toBe(requestHeader(one, name))
    }
  })

  it('is found when it was first asked for after others had been', () => {
    const one = request('X-Early', '1', 'X-Later', '2')
    expect(headerFinder('x-early')(one)).toBe('1')
    expect(headerFinder('x-later')(one)).toBe('2')
  })

  it('is found however many are looked for, and however long its name is', () => {
    const long = `x-${'long-'.repeat(30)}name`
    const names = [...Array.from({ length: 200 }, (_, at) => `x-many-${at}`), long]
    const one = request(...names.flatMap((name, at) => [name, String(at)]))
    expect(names.map((name) => headerFinder(name)(one))).toEqual(names.map((_name, at) => String(at)))
  })

  it('is the authority where HTTP/2 has that in place of Host', () => {
    const one: HeaderSource = { rawHeaders: [':authority', 'a.test'], httpVersionMajor: 2, headers: {} }
    expect(headerFinder('host')(one)).toBe('a.test')
  })

  it('is taken from the parsed ones where there are no raw ones', () => {
    const one: HeaderSource = { rawHeaders: undefined, httpVersionMajor: 1, headers: { 'x-tag': 'one' } }
    expect(headerFinder('x-tag')(one)).toBe('one')
  })
})
