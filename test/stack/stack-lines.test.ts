import { describe, expect, it } from 'vitest'
import { framesOf } from '../../src/stack/parse-error.ts'
import { MAX_LINES, stackLines } from '../../src/stack/stack-lines.ts'
import { growth, LINEAR } from '../support/growth.ts'

const ATTACK = 'No such user: x\n    at read (/etc/passwd:1:1)'
const rawOf = async (error: unknown): Promise<string[]> => (await framesOf(error)).map((frame) => frame.raw)

describe('the message of an error never becomes a frame', () => {
  it('when the message itself looks like frames', async () => {
    const frames = await rawOf(new Error(ATTACK))
    expect(frames.join('\n')).not.toContain('passwd')
    expect(frames[0]).toContain('stack-lines.test.ts')
  })

  it('when the message carries markup in the place of a function', async () => {
    const frames = await rawOf(new Error('x\n    at "><img src=x onerror=alert(1)> (/srv/x.js:1:1)'))
    expect(frames.join('\n')).not.toContain('<img')
    expect(frames.length).toBeGreaterThan(0)
  })

  it.each([
    ['prefixed', (message: string) => `While loading: ${message}`],
    ['suffixed', (message: string) => `${message} (again)`],
    ['both', (message: string) => `A ${message} Z`],
  ])('when the message was %s after the stack had been made', async (_name, change) => {
    const error = new Error(ATTACK)
    expect(error.stack).toContain('passwd')
    error.message = change(error.message)
    const frames = await rawOf(error)
    expect(frames.join('\n')).not.toContain('passwd')
    expect(frames[0]).toContain('stack-lines.test.ts')
  })

  it('when the error has a class name, a code or a name with spaces', async () => {
    class Odd extends Error {
      override name = 'Odd Error [E_ODD]'
    }
    const frames = await rawOf(new Odd(ATTACK))
    expect(frames.join('\n')).not.toContain('passwd')
    expect(frames.length).toBeGreaterThan(0)
  })

  it('when the message contains the stack of another error', async () => {
    const inner = new Error('inner')
    const outer = new Error(`outer: ${inner.stack}`)
    const own = await rawOf(outer)
    expect(own[0]).toContain('stack-lines.test.ts')
    expect(own.length).toBeLessThanOrEqual(10)
  })

  it('when text was appended to the stack', async () => {
    const error = new Error('x')
    error.stack += '\nresponse body:\n    at read (/etc/passwd:1:1)'
    expect((await rawOf(error)).join('\n')).not.toContain('passwd')
  })
})

describe('stackLines', () => {
  it('takes the frames after an empty message', () => {
    const stack = 'Error\n    at a (/x.js:1:1)'
    expect(stackLines(stack, { name: 'Error', message: '' }).lines).toEqual(['a (/x.js:1:1)'])
  })

  it('takes a stack that has no header at all', () => {
    expect(stackLines('    at a (/x.js:1:1)', { name: 'Error', message: '' }).lines).toHaveLength(1)
    expect(stackLines('    at a (/x.js:1:1)', { name: 'Error', message: 'gone' }).lines).toHaveLength(1)
  })

  it('goes on over the lines that long stack traces draw between their parts', () => {
    const stack = 'Error: m\n    at a (/x.js:1:1)\n    -----\n    at b (/y.js:1:1)'
    expect(stackLines(stack, { name: 'Error', message: 'm' }).lines).toEqual([
      'a (/x.js:1:1)',
      'b (/y.js:1:1)',
    ])
  })

  it('tells where a syntax error of a loaded file is', () => {
    const stack =
      "/app/bad.cjs:3\nlet a = ;\n        ^\n\nSyntaxError: Unexpected token ';'\n    at a (/x.js:1:1)"
    const found = stackLines(stack, { name: 'SyntaxError', message: "Unexpected token ';'" })
    expect(found).toEqual({ lines: ['a (/x.js:1:1)'], location: '/app/bad.cjs:3' })
    const typed =
      'file:///app/bad.ts:2\nenum A {}\n^^^^\n\nSyntaxError [ERR_X]: no enum\n    at a (/x.js:1:1)'
    expect(stackLines(typed, { name: 'SyntaxError', message: 'no enum' })).toEqual({
      lines: ['a (/x.js:1:1)'],
      location: 'file:///app/bad.ts:2',
    })
  })

  it('does not take the first line of another error for a place', () => {
    const found = stackLines('/etc/passwd:1\n    at a (/x.js:1:1)', {
      name: 'Error',
      message: '/etc/passwd:1',
    })
    expect(found.location).toBeUndefined()
  })

  it('keeps at most 400 lines', () => {
    const stack = `Error: m\n${'    at a (/x.js:1:1)\n'.repeat(5000)}`
    expect(stackLines(stack, { name: 'Error', message: 'm' }).lines.length).toBe(MAX_LINES)
  })

  it.each<[name: string, stack: (size: number) => string]>([
    ['a long run of blanks after at', (size) => `Error\n    at ${' '.repeat(size)}x`],
    ['a long line of colons', (size) => `Error\n    at ${'a:'.repeat(size / 2)}`],
    ['many lines of eval', (size) => `Error\n${`    at ${'(eval at '.repeat(100)}\n`.repeat(size / 200)}`],
    ['many empty lines', (size) => `Error${'\n'.repeat(size)}`],
    ['a megabyte without a line end', (size) => `Error ${'x'.repeat(5 * size)}`],
  ])('reads %s in a time that grows no faster than its length', async (_name, stack) => {
    for (const size of [4000, 50_000])
      expect(await growth((length) => framesOf({ stack: stack(length) }), size)).toBeLessThan(LINEAR)
  })
})
