/** Values that loggers have died of. */

import { HIDDEN_TEXT } from '../support/hidden.ts'

const circular: Record<string, unknown> = { name: 'me' }
circular.self = circular
const deep: Record<string, unknown> = {}
let at = deep
for (let level = 0; level < 20_000; level++) {
  const next = {}
  at.next = next
  at = next
}
export const revoked = Proxy.revocable({}, {})
revoked.revoke()
export const angry = new Proxy(
  {},
  {
    get: () => {
      throw new Error('no get')
    },
    ownKeys: () => {
      throw new Error('no keys')
    },
    getPrototypeOf: () => {
      throw new Error('no prototype')
    },
  },
)

/** The stack first: defining it makes the runtime read the message. */
function hostileError(): Error {
  const error = new Error('x')
  for (const key of ['stack', 'message', 'cause', 'code', 'name']) {
    Object.defineProperty(error, key, {
      get() {
        throw key
      },
    })
  }
  return error
}

/** A value by what is wrong with it, and what must be in its JSON line. */
export const hostile: Record<string, [value: unknown, text: RegExp]> = {
  circular: [circular, /"v":\{"name":"me","self":"\[Circular\]"\}/],
  BigInt: [10n ** 30n, /"v":"1000000000000000000000000000000"/],
  symbol: [Symbol('s'), /"v":"Symbol\(s\)"/],
  function: [function named() {}, /"v":"\[Function: named\]"/],
  'throwing getter': [
    {
      ok: 1,
      get bad() {
        throw new Error('no')
      },
    },
    /"v":\{"ok":1,"bad":"\[Throws: no\]"\}/,
  ],
  'throwing toJSON': [
    {
      toJSON() {
        throw new Error('no')
      },
    },
    /"v":"\[Throws: no\]"/,
  ],
  'toJSON that gives itself': [
    {
      toJSON() {
        return this
      },
    },
    /"v":"\[Circular\]"/,
  ],
  'revoked Proxy': [revoked.proxy, /"v":"\[Throws: /],
  'Proxy that throws': [angry, /"v":"\[Throws: no/],
  '20,000 levels deep': [deep, /"\[Object\]"\}+\n$/],
  'NaN and Infinity': [[Number.NaN, Number.POSITIVE_INFINITY], /"v":\["NaN","Infinity"\]/],
  'invalid date': [new Date(Number.NaN), /"v":null/],
  'Map and Set': [
    { m: new Map([['k', 1]]), n: new Map([[{}, 1]]), s: new Set([1, 2]) },
    /"m":\{"k":1\},"n":\[\[\{\},1\]\],"s":\[1,2\]/,
  ],
  'lone surrogates': ['a\ud800b\udc00', /"v":"a\\ud800b\\udc00"/],
  'line ends and terminal codes': [
    'a\nb\r\u2028\u0085\x1b[31m\x9b1m\u202e',
    /"v":"a\\nb\\r\\u2028\\u0085\\u001b\[31m\\u009b1m\\u202e"/,
  ],
  'what is hidden or turns round': [HIDDEN_TEXT, /"v":"\\u061c.+\\udb43\\udfff"/],
  '__proto__ key': [JSON.parse('{"__proto__":{"admin":true}}'), /"v":\{"__proto__":\{"admin":true\}\}/],
  'null prototype': [Object.assign(Object.create(null), { a: 1 }), /"v":\{"a":1\}/],
  buffer: [Buffer.alloc(1000, 1), /"v":"\[Buffer of 1000 bytes: 01010101/],
  'boxed primitives': [[Object('s'), Object(1), Object(2n)], /"v":\["s",1,"2"\]/],
  'error whose fields throw': [hostileError(), /"v":\{"type":"Error","message":""\}/],
  'function with a hostile name': [
    Object.defineProperty(() => 1, 'name', {
      get() {
        throw 1
      },
    }),
    /"v":"\[Function: anonymous\]"/,
  ],
}
