import { expect, it } from 'vitest'
import { BoundedMap } from '../../src/core/bounded-map.ts'

it('lets go of each entry at its own age, also of those that came after others had left', () => {
  let now = 0
  const gone: string[] = []
  const map = new BoundedMap<string, number>({
    maxEntries: 9,
    maxAgeMs: 10,
    now: () => now,
    onEvict: (_value, key) => gone.push(key),
  })
  map.set('a', 1)
  now = 5
  map.set('b', 2)
  now = 11
  expect([map.size, map.get('a'), map.get('b')]).toEqual([1, undefined, 2])
  now = 16
  expect([map.size, map.get('b')]).toEqual([0, undefined])
  map.set('c', 3)
  now = 27
  expect(map.values()).toEqual([])
  expect(gone).toEqual(['a', 'b', 'c'])
})

it('holds so many entries, and lets go of the one used longest ago', () => {
  const map = new BoundedMap<string, number>({ maxEntries: 2 })
  map.set('a', 1)
  map.set('b', 2)
  map.get('a')
  map.set('c', 3)
  expect([map.has('a'), map.has('b'), map.has('c')]).toEqual([true, false, true])
})
