import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { runInNewContext } from 'node:vm'
import { expect, it, describe as suite } from 'vitest'
import { describe } from '../../src/inspect/describe.ts'
import { expand } from '../../src/inspect/expand.ts'
import { descriptionToText } from '../../src/inspect/to-text.ts'
import { cpuMs } from '../support/growth.ts'

const text = (value: unknown): string => describe(value).text

class User {
  #secret = 1
  id = 1
  name = 'Ann'
  get full(): string {
    return `${this.name} ${this.#secret}`
  }
}

suite('describe', () => {
  it('has as many entries of a long list, Map or Set alike, and counts the rest', () => {
    const list = Array.from({ length: 1000 }, (_, index) => index)
    for (const value of [list, new Map(list.map((one) => [one, one])), new Set(list)]) {
      const { entries, more } = describe(value)
      expect([entries?.length, more]).toEqual([50, 950])
    }
  })
})

suite('expand', () => {
  it('follows a path to the ten thousandth child, and no further', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index)
    expect(expand(list, [9_999])).toMatchObject({ kind: 'value', description: { text: '9999' } })
    expect(expand(list, [10_000])).toBeUndefined()
    expect(expand(new Map(list.map((one) => [one, one])), [10_000])).toBeUndefined()
  })
})

suite('what a secret’s name holds', () => {
  it('is masked however deep it lies, whatever its own names', () => {
    const shown = text({ credentials: { user: 'ann', list: ['b', { n: 5 }], map: new Map([['c', 'd']]) } })
    const whole = descriptionToText(
      describe(
        { credentials: { user: 'ann', list: ['bob', { n: 57 }], map: new Map([['c', 'dan']]) } },
        { depth: 9 },
      ),
    )
    expect(shown).not.toMatch(/ann|'b'|5/)
    expect(whole).not.toMatch(/ann|bob|57|dan/)
    expect(whole.match(/\[masked\]/g)).toHaveLength(4)
  })
})

suite('describe names a value on one line', () => {
  it.each<[string, unknown, string]>([
    ['a number', 42, '42'],
    ['minus zero', -0, '-0'],
    ['a BigInt', 10n, '10n'],
    ['a string', 'abc', "'abc'"],
    ['a string with a quote', "it's", `"it's"`],
    ['a string with lines', 'a\nb\t\\', "'a\\nb\\t\\\\'"],
    ['a string with both quotes', `'"`, `'\\'"'`],
    ['a string with control characters', '\x00\x1b\u202e', "'\\x00\\x1b\\u202e'"],
    ['half of a pair', '\ud800', "'\\ud800'"],
    ['a symbol', Symbol('tag'), 'Symbol(tag)'],
    ['a function', function named() {}, '[Function: named]'],
    ['an async function', async function later() {}, '[AsyncFunction: later]'],
    ['a generator', function* many() {}, '[GeneratorFunction: many]'],
    ['a class', User, '[class: User]'],
    ['an array', [1, 'a'], "[1, 'a']"],
    ['an array with holes', Object.assign(new Array(3), { 0: 1, 2: 3 }), '[1, <empty>, 3]'],
    ['an empty array', [], '[]'],
    ['a plain object', { a: 1, b: 'x' }, "{ a: 1, b: 'x' }"],
    ['an empty object', {}, '{}'],
    ['odd keys', { 'a-b': 1, '': 2, [Symbol('s')]: 3 }, "{ 'a-b': 1, '': 2, [Symbol(s)]: 3 }"],
    ['an instance', new User(), "User { id: 1, name: 'Ann' }"],
    ['an object without prototype', Object.create(null), '[Object: null prototype] {}'],
    ['a Map', new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    ['a Map of objects', new Map([[{}, 1]]), 'Map(1) { <key 0> => 1 }'],
    ['a Set', new Set([1, 2]), 'Set(2) [1, 2]'],
    ['a typed array', new Uint16Array([1, 2]), 'Uint16Array(2) [1, 2]'],
    ['a Buffer', Buffer.from('hi'), '<Buffer 68 69>'],
    ['a big Buffer', Buffer.alloc(100), `<Buffer${' 00'.repeat(24)} … 76 more bytes>`],
    ['an ArrayBuffer', new ArrayBuffer(8), 'ArrayBuffer { 8 bytes }'],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a Date that is none', new Date(Number.NaN), 'Invalid Date'],
    ['an expression', /a\/b/gi, '/a\\/b/gi'],
    ['an error', new TypeError('bad'), '[TypeError: bad]'],
    ['a DOMException', new DOMException('gone', 'AbortError'), '[AbortError: gone]'],
    ['a waiting promise', new Promise(() => {}), 'Promise { <pending> }'],
    ['a kept promise', Promise.resolve({ a: 1 }), 'Promise { <fulfilled> }'],
    ['a WeakMap', new WeakMap(), 'WeakMap { ? }'],
    ['a boxed number', Object(3), '[Number: 3]'],
    ['another realm', runInNewContext('new Map([[1, 2]])'), 'Map(1) { 1 => 2 }'],
  ])('%s', (_name, value, expected) => {
    expect(text(value)).toBe(expected)
  })

  it('names arguments, namespaces and accessors', async () => {
    const given = (
      function () {
        // biome-ignore lint/complexity/noArguments: the object itself is under test
        return arguments
      } as (...all: number[]) => unknown
    )(1, 2)
    expect(text(given)).toBe('Arguments(2) [1, 2]')
    const url = 'data:text/javascript,export const a = 1'
    expect(text(await import(/* @vite-ignore */ url))).toBe('[Module] { a: 1 }')
    const accessors = Object.defineProperties({}, { a: { get: () => 1, enumerable: true }, b: { set() {} } })
    expect(text(accessors)).toBe('{ a: [Getter], b: [Setter] }')
  })

  it('begins with the method and URL of a request, and ends with what the runtime keeps in it', () => {
    const req = new IncomingMessage(new Socket())
    Object.assign(req, { method: 'GET', url: '/orders/12?token=hunter2secret' })
    expect(text(req)).toMatch(
      /^IncomingMessage \{ method: 'GET', url: '\/orders\/12\?token=[^']*', statusCode: null/,
    )
    expect(text(req)).not.toContain('hunter2secret')
    const keys = describe(req).entries?.map(({ key }) => key) ?? []
    expect(keys.indexOf('_events')).toBeGreaterThan(keys.indexOf('rawHeaders'))
    expect(text({ _id: 1, method: 'x' })).toBe("{ _id: 1, method: 'x' }")
  })

  it('names a cycle where it closes', () => {
    const value: Record<string, unknown> = { a: 1 }
    value.self = value
    expect(text(value)).toBe('{ a: 1, self: [Circular] }')
  })

  it('shows a value twice when it stands there twice', () => {
    const shared = { a: 1 }
    expect(text([shared, shared])).toBe('[{ a: 1 }, { a: 1 }]')
  })
})

suite('describe runs no code of the value', () => {
  const fail = (): never => {
    throw new Error('was run')
  }
  const getters = (...keys: PropertyKey[]): PropertyDescriptorMap =>
    Object.fromEntries(keys.map((key) => [key, { get: fail, enumerable: true, configurable: true }]))

  it.each<[string, () => unknown, string]>([
    ['getters', () => Object.defineProperties({}, getters('a')), '{ a: [Getter] }'],
    ['a Proxy', () => new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail }), '[Proxy]'],
    ['a Proxy as prototype', () => Object.create(new Proxy({}, { get: fail, getPrototypeOf: fail })), '{}'],
    ['a Proxy inside', () => ({ a: new Proxy([], { get: fail }) }), '{ a: [Proxy] }'],
    ['toJSON', () => ({ toJSON: fail }), '{ toJSON: [Function: fail] }'],
    ['a getter for the tag', () => Object.defineProperties({}, getters(Symbol.toStringTag)), ''],
    [
      'a getter for the constructor',
      () => Object.create(Object.defineProperties({}, getters('constructor'))),
      '',
    ],
    [
      'a Map that overrides its methods',
      () => Object.assign(new Map([[1, 2]]), { entries: fail, [Symbol.iterator]: fail }),
      '',
    ],
    [
      'a Date that overrides its methods',
      () => Object.assign(new Date(0), { getTime: fail, toISOString: fail }),
      '1970-01-01T00:00:00.000Z',
    ],
    [
      'an expression with getters',
      () => Object.defineProperties(/x/g, getters('flags', 'source', 'global')),
      '/x/g',
    ],
    [
      'a promise with a constructor',
      () => Object.defineProperties(Promise.resolve(1), getters('constructor', 'then')),
      'Promise { ? }',
    ],
    [
      'a function with a getter for its name',
      () => Object.defineProperties(() => 0, getters('name')),
      '[Function (anonymous)]',
    ],
    [
      'an error with getters',
      () => Object.defineProperties(new Error('x'), getters('message', 'name')),
      '[Error]',
    ],
    [
      'a species',
      () => Object.defineProperty([1], 'constructor', { get: fail }),
      '[1, constructor: [Getter]]',
    ],
  ])('%s', (_name, make, expected) => {
    const found = describe(make())
    if (expected !== '') expect(found.text).toBe(expected)
    expect(found.text).not.toBe('[Unreadable]')
  })
})

suite('describe keeps to its limits', () => {
  it('of depth', () => {
    const found = describe({ a: { b: { c: { d: 1 } } } }, { depth: 2 })
    const inner = found.entries?.[0]?.value.entries?.[0]?.value
    expect(inner).toMatchObject({ text: '{…}', deeper: true })
    expect(inner?.entries).toBeUndefined()
  })

  it('of width', () => {
    const found = describe(
      Array.from({ length: 1000 }, (_, index) => index),
      { width: 3 },
    )
    expect(found.entries).toHaveLength(3)
    expect(found.more).toBe(997)
    expect(found.text).toBe('(1000) [0, 1, 2, … 997 more]')
  })

  it('of string length', () => {
    expect(describe('x'.repeat(50), { stringLength: 5 }).text).toBe("'xxxxx…' (50 characters)")
  })

  it('of nodes', () => {
    const wide = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => [1, 2, 3]))
    expect(JSON.stringify(describe(wide, { nodes: 100 })).length).toBeLessThan(20_000)
  })

  it('of time, for a value that is a tree of millions', async () => {
    const leaf = Array.from({ length: 50 }, (_, index) => index)
    const tree = Array.from({ length: 50 }, () =>
      Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => leaf)),
    )
    expect(await cpuMs(() => describe(tree, { depth: 10, nodes: 1e9, time: 20 }))).toBeLessThan(500)
  })

  it('for an array of four billion holes', () => {
    expect(describe(Object.assign([], { length: 4_000_000_000 })).more).toBe(4_000_000_000 - 50)
  })

  it('for a chain of a hundred thousand objects', () => {
    let value: unknown = null
    for (let depth = 0; depth < 100_000; depth++) value = { value }
    expect(JSON.stringify(describe(value)).length).toBeLessThan(5000)
    expect(JSON.stringify(describe(value, { depth: 1e6, nodes: 1000 })).length).toBeLessThan(500_000)
  })
})

suite('describe masks secrets', () => {
  it('by their key, at any depth below', () => {
    const found = JSON.stringify(
      describe({ password: 'hunter2', cookies: { sid: 'abc', deep: [{ a: 12345 }] }, n: 1 }),
    )
    expect(found).not.toMatch(/hunter2|abc|12345/)
    expect(found).toContain('[masked]')
    expect(text({ password: 'hunter2', n: 1 })).toBe('{ password: [masked], n: 1 }')
  })

  it('but not whether there is one', () => {
    expect(text({ token: undefined, secret: null, password: '', auth: false })).toBe(
      "{ token: undefined, secret: null, password: '', auth: false }",
    )
  })

  it('in the keys of a Map', () => {
    expect(text(new Map([['authorization', 'x']]))).toBe("Map(1) { 'authorization' => [masked] }")
  })

  it('in Buffers and Dates under a secret name', () => {
    expect(text({ secret: Buffer.from('x') })).toBe('{ secret: [masked] }')
  })

  it('by their shape', () => {
    expect(text({ note: 'key sk_live_abcdefghijklmnop end' })).toBe("{ note: 'key [masked] end' }")
  })

  it('shows the content of a session, but not what is secret in it', () => {
    expect(descriptionToText(describe({ session: { userId: 5, csrfToken: 'abc' } }))).toBe(
      '{ session: { userId: 5, csrfToken: [masked] } }',
    )
  })

  it('unless told not to', () => {
    expect(describe({ password: 'x', at: 'sk_live_abcdefghijklmnop' }, { mask: false }).text).toBe(
      "{ password: 'x', at: 'sk_live_abcdefghijklmnop' }",
    )
  })
})
