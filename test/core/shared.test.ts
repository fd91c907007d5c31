import { describe, expect, it } from 'vitest'
import { fitShape } from '../../src/core/fit-shape.ts'
import { makeStamp } from '../../src/core/stamp.ts'
import { startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

describe('what another version has made', () => {
  class Taken {
    take(): void {}
  }
  class Newer extends Taken {
    more(): void {}
  }
  const throwing = {
    get depth(): number {
      throw new Error('no')
    },
  }

  it.each([
    ['the same fields', { depth: 3 }, { depth: 0 }],
    ['more fields', { depth: 3, level: 'x' }, { depth: 0 }],
    ['a field that is empty for now', { current: undefined }, { current: { start: 1 } }],
    ['a class with more methods', new Newer(), new Taken()],
    ['a WeakMap for a stamp', new WeakMap(), makeStamp()],
    ['another stamp', makeStamp(), makeStamp()],
    ['fields within fields', { bodies: new WeakMap(), n: { m: 1 } }, { bodies: new WeakMap(), n: { m: 2 } }],
    ['a symbol', Symbol('a'), Symbol('b')],
  ])('serves with %s', (_name, found, own) => {
    expect(fitShape(found, own)).toBe(true)
  })

  it.each<readonly [string, unknown, unknown]>([
    ['another kind', 7, { depth: 0 }],
    ['nothing', null, { depth: 0 }],
    ['a field of another kind', { depth: 'deep' }, { depth: 0 }],
    ['a collection of another kind', new Set(), new Map()],
    ['a class with fewer methods', new Taken(), new Newer()],
    ['a list for an object', [], { depth: 0 }],
    ['an object that cannot be added to', Object.freeze({}), { depth: 0 }],
    ['a shorter buffer', Buffer.alloc(3), Buffer.alloc(4)],
    ['a field that throws', throwing, { depth: 0 }],
    ['a revoked proxy', revoked(), { depth: 0 }],
  ])('does not serve with %s', (_name, found, own) => {
    expect(fitShape(found, own)).toBe(false)
  })

  it('is given the fields that an older version does not know', () => {
    const found: Record<string, unknown> = { pin: '123' }
    expect(fitShape(found, { pin: '', key: '', ports: [] })).toBe(true)
    expect(found).toEqual({ pin: '123', key: '', ports: [] })
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const FOUND: Readonly<Record<string, string>> = {
  'objects without a field': '({})',
  'objects with other fields only, that cannot be added to': 'Object.freeze({ other: true })',
  numbers: '1',
  nothing: 'null',
  'maps that are full': "new Map([['a', 1]])",
  functions: '() => { throw new Error("of another version") }',
  'objects whose every field is a function':
    '({ get: () => 1, set() {}, has: () => false, add() {}, delete() {} })',
}

describe('a process in which another version has left, under every name,', () => {
  it.each(Object.entries(FOUND))(
    '%s: all works, and what cannot be shared is said once',
    async (_name, left) => {
      const before = `const found = new Map()
      globalThis[Symbol.for('rocksolid.shared.1')] = new (class extends Map {
        has() { return true }
        get(name) { return found.has(name) ? found.get(name) : (found.set(name, ${left}), found.get(name)) }
        set() {}
      })()`
      const app = await startApp('frames.mjs', {
        nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(before)}`],
      })
      try {
        const page = await openErrorPage(app.port, '/sync')
        expect(page.page.status).toBe(500)
        const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
        expect((await page.unlock({ pin })).status).toBe(200)
        expect(await page.evaluate(page.live[0] as string, 'amount')).toMatchObject({
          value: { text: '250' },
        })
        expect((await request({ port: app.port, path: '/shared' })).status).toBe(200)
        const said = app.stderr().match(/Two versions of rocksolid/g) ?? []
        expect(said.length).toBeLessThan(2)
        if (left !== '({})') expect(said).toHaveLength(1)
      } finally {
        await app.stop()
      }
    },
  )
})
