import { describe, expect, it } from 'vitest'
import { digest } from '../../src/core/digest.ts'

describe('digest', () => {
  it('gives 16 digits, the same for a text in every process', () => {
    expect(digest('')).toMatch(/^[0-9a-f]{16}$/)
    expect(digest('reported|TypeError|undefined||src/app.ts:12:find')).toBe('5219bf2a20a0d07a')
  })

  it('gives another name to each of many texts that are nearly the same', () => {
    const names = new Set<string>()
    for (let line = 0; line < 20_000; line++) {
      names.add(digest(`src/app.ts:${line}:find`))
      names.add(digest(`src/app.ts:find:${line}`))
    }
    expect(names.size).toBe(40_000)
  })
})
