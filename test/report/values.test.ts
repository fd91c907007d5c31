import { describe, expect, it } from 'vitest'
import { lineValues } from '../../src/report/line-values.ts'
import { valueRows } from '../../src/report/value-rows.ts'
import { identifiersOn } from '../../src/stack/identifiers.ts'
import { cpuMs } from '../support/growth.ts'

const names = (line: string): string[] => identifiersOn(line).map(({ path }) => path.join('.'))

describe('identifiersOn', () => {
  it.each([
    ['return sum + price.toFixed(2) * item.count', ['sum', 'price.toFixed', 'item.count']],
    ['const { a, b: c } = await load(user?.id)', ['a', 'c', 'load', 'user.id']],
    ['log(\'user.name\', "x") // user.id', ['log']],
    ['const text = `${user.name} is ${age}`', ['text', 'user.name', 'age']],
    ['fail(`no ${kind} at the ${"bottom"}, $1`, level)', ['fail', 'kind', 'level']],
    ["say('a `quoted', b, 'word`')", ['say', 'b']],
    ['begin(`a template of ${many} lines', ['begin', 'a', 'template', 'many', 'lines']],
    ['this.cache.get(key)', ['this.cache.get', 'key']],
    ['if (a === undefined) throw new Error(b)', ['a', 'Error', 'b']],
    ['call({ key: value, other: 1 })', ['call', 'value']],
    ['x = cond ? yes : no', ['x', 'cond', 'yes', 'no']],
    ['get().then(done)', ['done']],
    ['', []],
  ])('%s', (line, expected) => {
    expect(names(line)).toEqual(expected)
  })

  it('gives at most twelve, and takes no time for a hostile line', async () => {
    let found: ReturnType<typeof identifiersOn> = []
    const took = await cpuMs(() => {
      found = identifiersOn('a\'b"`/*'.repeat(100_000))
    })
    expect(found.length).toBeLessThanOrEqual(12)
    expect(took).toBeLessThan(100)
  })
})

describe('lineValues', () => {
  const locals: Record<string, unknown> = {
    user: {
      name: 'Ann',
      password: 'hunter2',
      get secretly(): string {
        throw new Error('was run')
      },
    },
    price: undefined,
    load: () => 1,
    token: 'abcdefgh',
  }
  const read = (line: string) =>
    lineValues(line, (name) => (name in locals ? { value: locals[name] } : undefined)).map(
      ({ key, value }) => `${key} = ${value.text}`,
    )

  it('tells names and paths down to what is missing', () => {
    expect(read('load(user.name, price.amount.value)')).toEqual([
      "user = { name: 'Ann', password: [masked], secretly: [Getter] }",
      "user.name = 'Ann'",
      'price = undefined',
    ])
  })

  it('runs no getter and masks secrets', () => {
    expect(read('send(user.secretly, token, user.password)')).toEqual([
      "user = { name: 'Ann', password: [masked], secretly: [Getter] }",
      'token = [masked]',
      'user.password = [masked]',
    ])
  })

  it('leaves out functions and what the frame does not know', () => {
    expect(read('load(unknown)')).toEqual([])
  })

  it('survives a lookup that throws', () => {
    expect(
      lineValues('a + b', () => {
        throw new Error('broken')
      }),
    ).toEqual([])
  })
})

describe('valueRows', () => {
  const rows = (line: string, values: Record<string, string>, width = 100): readonly string[] =>
    valueRows(
      line,
      Object.entries(values).map(
        ([key, text]) => ({ key, kind: 'property', value: { type: 'object', text } }) as const,
      ),
      width,
    )

  it('draws a stem from each name to its value', () => {
    expect(rows('sum + price.total', { sum: '0', price: '{…}', 'price.total': '5' })).toEqual([
      '│     │     └ 5',
      '│     └ {…}',
      '└ 0',
    ])
  })

  it('counts tabs as they are shown', () => {
    expect(rows('\tname', { name: "'x'" })).toEqual(["  └ 'x'"])
  })

  it('leaves out what is not on the line or not within the width', () => {
    expect(rows('a', { b: '1' })).toEqual([])
    expect(rows(`${' '.repeat(90)}a`, { a: '1' }, 80)).toEqual([])
  })

  it('cuts long values', () => {
    expect(rows('a', { a: 'x'.repeat(100) })[0]?.length).toBeLessThan(70)
  })
})
