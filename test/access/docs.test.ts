import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tokensPage } from '../../scripts/docs/tokens-page.ts'
import { FIELDS } from '../../src/access/fields.ts'
import { accessLog, type Syntax } from '../../src/access.ts'

const root = join(import.meta.dirname, '..', '..')

describe('the documentation', () => {
  it('has the table of fields that the source has; `npm run docs` writes it', () => {
    expect(readFileSync(join(root, 'docs', 'reference', 'tokens.md'), 'utf8')).toBe(tokensPage())
  })

  it('names only fields that can be used in every syntax', () => {
    for (const { name, argument } of FIELDS.values()) {
      const given = argument?.required === true ? '[x]' : ''
      for (const format of [`:${name}${given}`, `%(${name}${given})s`, `%{${name}${given}}x`]) {
        expect(() => accessLog(format, { to: () => {} }), format).not.toThrow()
      }
      if (given === '') {
        const variable = `$${name.replaceAll('-', '_')}`
        expect(() => accessLog(variable, { to: () => {} }), variable).not.toThrow()
      }
    }
  })

  it('shows formats that can be used', () => {
    const text = readFileSync(join(root, 'docs', 'access.md'), 'utf8')
    const calls = [...text.matchAll(/accessLog\('([^']+)'(?:, \{ syntax: '(\w+)' \})?/g)]
    expect(calls.length).toBeGreaterThan(20)
    for (const [call, format = '', syntax] of calls) {
      const tokens = { tenant: () => 'a' }
      const options = { to: () => {}, tokens, ...(syntax === undefined ? {} : { syntax: syntax as Syntax }) }
      expect(() => accessLog(format, options), call).not.toThrow()
    }
  })
})
