import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../src/core/errors.ts'

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'reference', 'errors.md'), 'utf8')

describe('docs/reference/errors.md', () => {
  it('lists every code, and no other', () => {
    const listed = [...page.matchAll(/^\| `(ERR_\w+)`/gm)].map((match) => match[1])
    expect(listed).toEqual(Object.keys(ERROR_CODES))
  })
})
