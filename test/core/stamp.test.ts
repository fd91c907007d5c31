import { describe, expect, it } from 'vitest'
import { makeStamp } from '../../src/core/stamp.ts'

describe('a stamp', () => {
  it('keeps a value on an object, the last one that was set, beside those of other stamps', () => {
    const [one, other] = [makeStamp<number>(), makeStamp<string>()]
    const object = {}
    one.set(object, 1)
    one.set(object, 2)
    other.set(object, 'b')
    expect([one.get(object), other.get(object), one.get({})]).toEqual([2, 'b', undefined])
  })

  it('is seen by nobody else', () => {
    const stamp = makeStamp<number>()
    const object = { name: 'a' }
    stamp.set(object, 1)
    expect(Reflect.ownKeys(object)).toEqual(['name'])
    expect(structuredClone(object)).toEqual({ name: 'a' })
    expect(stamp.get({ ...object })).toBe(undefined)
    expect(stamp.get(Object.create(object) as object)).toBe(undefined)
  })

  it('works for objects that nobody can change, and for a proxy by itself', () => {
    const stamp = makeStamp<number>()
    const frozen = Object.freeze({})
    const proxy = new Proxy(frozen, {
      get: () => {
        throw new Error('asked')
      },
    })
    stamp.set(frozen, 1)
    expect([stamp.get(frozen), stamp.get(proxy)]).toEqual([1, undefined])
    stamp.set(proxy, 2)
    expect([stamp.get(frozen), stamp.get(proxy)]).toEqual([1, 2])
  })
})
