import { describe, expect, it } from 'vitest'
import { callHandler } from '../../src/http/handler.ts'
import { withoutOwnFrames } from '../../src/stack/without-own-frames.ts'

function thrownInside(): string {
  let stack = ''
  const handler = (): void => {
    throw new Error('at src/http/handler.ts:1:1')
  }
  callHandler(handler, {} as never, {} as never, {
    onError: (error) => {
      stack = (error as Error).stack ?? ''
    },
    onPass: () => {},
  })
  return stack
}

describe('withoutOwnFrames()', () => {
  it('leaves the frames of the application and takes out those of this package', () => {
    const stack = thrownInside()
    expect(stack).toMatch(/at callHandler .*src\/http\/handler\.ts/)
    const shown = withoutOwnFrames(stack)
    expect(shown).not.toContain('callHandler')
    expect(shown).toContain('without-own-frames.test.ts')
    expect(shown.split('\n')[0]).toBe('Error: at src/http/handler.ts:1:1')
  })

  it('takes out the frames of the runtime that only led to it', () => {
    const [header = '', ...frames] = thrownInside().split('\n')
    const own = frames.find((frame) => frame.includes('callHandler')) as string
    const stack = [
      header,
      '    at app (/srv/app.js:1:2)',
      '    at Array.map (<anonymous>)',
      own,
      '    at Server.emit (node:events:524:28)',
      '    at node:internal/x:1:1',
    ].join('\n')
    expect(withoutOwnFrames(stack)).toBe(
      `${header}\n    at app (/srv/app.js:1:2)\n    at Array.map (<anonymous>)`,
    )
  })

  it('leaves a stack alone that has none of them, or nothing else', () => {
    const foreign = 'Error: x\n    at app (/srv/app.js:1:2)\n    at Server.emit (node:events:524:28)'
    expect(withoutOwnFrames(foreign)).toBe(foreign)
    const [header = '', ...frames] = thrownInside().split('\n')
    const own = `${header}\n${frames.find((frame) => frame.includes('callHandler'))}`
    expect(withoutOwnFrames(own)).toBe(own)
  })
})
