import { expect, it, describe as suite } from 'vitest'
import { describe } from '../../src/inspect/describe.ts'
import { descriptionToText } from '../../src/inspect/to-text.ts'

const draw = (value: unknown): string => descriptionToText(describe(value))

suite('descriptionToText', () => {
  it('keeps on one line what fits there', () => {
    expect(draw({ a: 1, list: [1, 2], user: { name: 'Ann' } })).toBe(
      "{ a: 1, list: [1, 2], user: { name: 'Ann' } }",
    )
  })

  it('opens what is longer, one child a line', () => {
    const value = {
      name: 'a rather long name for a value',
      list: ['some', 'more', 'words'],
      other: 'and still more text here',
    }
    expect(draw(value)).toBe(`{
  name: 'a rather long name for a value',
  list: ['some', 'more', 'words'],
  other: 'and still more text here',
}`)
  })

  it('keeps the name of the class and says what is left out', () => {
    class Basket {
      items = Array.from({ length: 60 }, (_, index) => index)
    }
    const lines = draw(new Basket()).split('\n')
    expect(lines.slice(0, 3)).toEqual(['Basket {', '  items: (60) [', '    0,'])
    expect(lines.slice(-3)).toEqual(['    … 10 more', '  ],', '}'].slice(-3))
    expect(lines).toContain('    … 10 more')
  })

  it('draws the cause of an error under it', () => {
    expect(
      draw(Object.assign(new Error('outer'), { cause: new Error('inner'), code: 'E' })),
    ).toBe(`[Error: outer] {
  cause: [Error: inner],
  code: 'E',
}`)
  })

  it('draws Maps and Sets', () => {
    expect(draw(new Map<unknown, unknown>([['a', new Set([1])]]))).toBe("Map(1) { 'a' => Set(1) [1] }")
  })
})
