/** Everything that can be thrown to break an error page. Making one runs nothing; looking at one must not either. */

import { runInNewContext } from 'node:vm'

/** Told when code of a hostile value was run, with the name of what ran. */
export const ran: string[] = []

const trap = (name: string) => (): never => {
  ran.push(name)
  throw new Error(`${name} was run`)
}

const traps = (): ProxyHandler<object> =>
  Object.fromEntries(
    Reflect.ownKeys(Reflect).map((name) => [name, trap(`trap ${String(name)}`)]),
  ) as ProxyHandler<object>

function withGetters(target: object, ...keys: readonly PropertyKey[]): object {
  for (const key of keys) {
    Object.defineProperty(target, key, {
      get: trap(`getter ${String(key)}`),
      configurable: true,
      enumerable: true,
    })
  }
  return target
}

function errorWith(properties: Record<PropertyKey, unknown>): Error {
  const error = new Error('message of an error')
  for (const key of Reflect.ownKeys(properties)) {
    Object.defineProperty(error, key, { value: properties[key], configurable: true, writable: true })
  }
  return error
}

function circular(): object {
  const value: Record<string, unknown> = { name: 'circular' }
  value.self = value
  value.list = [value, { value }]
  return value
}

function deepCause(depth: number): Error {
  let error = new Error('the root')
  for (let level = 0; level < depth; level++) error = new Error(`level ${level}`, { cause: error })
  return error
}

function selfAggregate(): AggregateError {
  const error = new AggregateError([new Error('member')], 'holds itself')
  error.errors.push(error)
  error.cause = error
  return error
}

function suppressed(): Error {
  return errorWith({
    name: 'SuppressedError',
    error: new Error('in dispose'),
    suppressed: new Error('in body'),
  })
}

function loop(): Error {
  const first = new Error('first')
  first.cause = new Error('second', { cause: first })
  return first
}

class Unnamed extends Error {}
class Markup extends Error {
  override name = '<b onclick="alert(1)">Bold</b>'
}
Object.defineProperty(Unnamed, 'name', { get: trap('static getter name') })

const MARKUP = '</title></script><script>alert(1)</script><img src=x onerror="alert(1)">'

/** The values by what they are, made anew at each call. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  'the empty string': () => '',
  'the word route': () => 'route',
  zero: () => 0,
  'minus zero': () => -0,
  NaN: () => Number.NaN,
  true: () => true,
  'a BigInt': () => 10n,
  'a huge BigInt': () => 1n << 1_000_000n,
  'a symbol': () => Symbol('thrown'),
  'a function': () => function thrown() {},
  'a class': () => class Thrown {},
  'an arrow function without name': () =>
    (
      () => () =>
        0
    )(),
  'a plain object': () => ({ status: 500, detail: 'plain' }),
  'an empty object': () => ({}),
  'an array': () => [1, 'two', { three: 3 }],
  'a sparse array of a billion': () => Object.assign([], { length: 4_000_000_000 }),
  'an object without prototype': () => Object.assign(Object.create(null), { message: 'bare', stack: 'bare' }),
  'a circular object': circular,
  'an object whose toJSON throws': () => ({ toJSON: trap('toJSON'), a: 1 }),
  'an object whose toString throws': () => ({ toString: trap('toString'), valueOf: trap('valueOf') }),
  'an object with a custom inspection': () => ({
    [Symbol.for('nodejs.util.inspect.custom')]: trap('inspect'),
  }),
  'an object with getters': () =>
    withGetters({}, 'message', 'stack', 'name', Symbol.toStringTag, 'constructor'),
  'a Proxy whose traps throw': () => new Proxy({}, traps()),
  'a Proxy of an error': () => new Proxy(new Error('inside'), traps()),
  'a Proxy of a function': () => new Proxy(() => {}, traps()),
  'a revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'an object whose prototype is a Proxy': () => Object.create(new Proxy({}, traps())),
  'an error whose prototype is a Proxy': () => Object.setPrototypeOf(new Error('x'), new Proxy({}, traps())),
  'an error with a Proxy as cause': () => new Error('x', { cause: new Proxy({}, traps()) }),
  'an error whose errors are a Proxy': () => errorWith({ errors: new Proxy([], traps()) }),
  'an error with getters': () =>
    withGetters(new Error('x'), 'message', 'name', 'cause', 'errors', 'code', 'constructor', 'toString'),
  'an error whose stack is a getter': () => withGetters(new Error('x'), 'stack'),
  'an error whose stack is a number': () => errorWith({ stack: 42 }),
  'an error whose stack is an object': () => errorWith({ stack: { split: trap('split') } }),
  'an error whose stack is undefined': () => errorWith({ stack: undefined }),
  'an error whose stack is empty': () => errorWith({ stack: '' }),
  'an error whose message is an object': () => errorWith({ message: { a: 1 } }),
  'an error whose message is a number': () => errorWith({ message: 42 }),
  'an error whose message is a symbol': () => errorWith({ message: Symbol('m') }),
  'an error whose message is undefined': () => errorWith({ message: undefined }),
  'an error whose name is undefined': () => errorWith({ name: undefined }),
  'an error whose name is an object': () => errorWith({ name: { toString: trap('toString') } }),
  'an error whose name is very long': () => errorWith({ name: 'N'.repeat(100_000) }),
  'an error whose code is an object': () => errorWith({ code: { toString: trap('toString') } }),
  'an error whose class has a getter for its name': () => new Unnamed('x'),
  'an error with an empty message': () => new Error(''),
  'an error that is frozen': () => Object.freeze(new Error('frozen')),
  'an error of another realm': () => runInNewContext('new TypeError("other realm")'),
  'an object of another realm': () => runInNewContext('({ message: "other", stack: "none" })'),
  'a DOMException': () => new DOMException('aborted', 'AbortError'),
  'a Response': () => new Response('no', { status: 500 }),
  'a syntax error without stack': () => Object.assign(new SyntaxError('no stack'), { stack: undefined }),
  'a cause of zero': () => new Error('x', { cause: 0 }),
  'a cause of null': () => new Error('x', { cause: null }),
  'a circular cause': loop,
  'a chain of 500 causes': () => deepCause(500),
  'a chain of 20000 causes': () => deepCause(20_000),
  'an aggregate of 10000': () =>
    new AggregateError(
      Array.from({ length: 10_000 }, (_, n) => new Error(`${n}`)),
      'many',
    ),
  'an aggregate that holds itself': selfAggregate,
  'an aggregate of strings': () => new AggregateError(['one', 2, null], 'odd members'),
  'an aggregate whose errors are no array': () =>
    Object.assign(new AggregateError([], 'x'), { errors: 'none' }),
  'a suppressed error': suppressed,
  'a message of a megabyte': () => new Error('m'.repeat(1_000_000)),
  'a message of 100000 lines': () => new Error('line\n'.repeat(100_000)),
  'a stack of 30 kB in one line': () => errorWith({ stack: `Error: x\n    at ${'a:'.repeat(15_000)}` }),
  'a stack of a megabyte': () => errorWith({ stack: `Error: x\n${'    at f (/a.js:1:1)\n'.repeat(50_000)}` }),
  'a frame of evaluated code': () => errorWith({ stack: 'Error: x\n    at <anonymous>:1:7' }),
  'a message with markup': () => new Error(MARKUP),
  'a name with markup': () => new Markup(MARKUP),
  'a class with markup': () =>
    new (class extends Error {
      static override readonly name: string = MARKUP
    })('x'),
  'frames with markup': () =>
    errorWith({
      stack: `Error: message of an error\n    at "><img src=x onerror=alert(1)> (/srv/${MARKUP}.js:1:1)`,
    }),
  'properties with markup': () =>
    Object.assign(new Error('x'), { [MARKUP]: MARKUP, nested: { [MARKUP]: [MARKUP] } }),
  'terminal colours and links': () =>
    new Error('\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \x1b[2J\x1b[38;2;1;2;3mtrue\x1b['),
  'characters that turn text around': () =>
    new Error('safe \u202egnp.exe\u202c \u2066x\u2069 \0 \x07 \ud800'),
  'replacement patterns': () => new Error("$& $1 $` $' $$ <!-- STYLES --> <!-- SCRIPTS -->"),
  'an error with a thousand properties': () =>
    Object.assign(
      new Error('x'),
      Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`key${n}`, { n }])),
    ),
  'an error with big binary data': () =>
    Object.assign(new Error('x'), { body: Buffer.alloc(10_000_000), at: new Date(Number.NaN) }),
  'an error with everything inside': () =>
    Object.assign(new Error('x'), {
      map: new Map<unknown, unknown>([
        [{}, new Set([1])],
        ['a', new WeakMap()],
      ]),
      promise: Promise.resolve(circular()),
      view: new Float64Array(5),
      expression: /(a+)+$/g,
      self: globalThis,
      process,
    }),
  'an error with secrets': () =>
    Object.assign(new Error('postgres://ann:hunter2@db/x failed'), {
      config: { headers: { Authorization: 'Bearer abcdef0123456789' }, password: 'hunter2' },
    }),
  'Error.prototype itself': () => Error.prototype,
  'a Map': () => new Map([['a', 1]]),
  'a promise that was rejected': () => {
    const promise = Promise.reject(new Error('inner'))
    promise.catch(() => {})
    return promise
  },
  'an iterator that never ends': () =>
    (function* forever() {
      for (;;) yield 1
    })(),
  globalThis: () => globalThis,
}
