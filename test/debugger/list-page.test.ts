import { describe, expect, it } from 'vitest'
import { listPage } from '../../src/debugger/pages/list-page.ts'

const error = {
  id: 'a',
  fingerprint: 'b',
  at: 0,
  first: 0,
  last: 0,
  count: 1,
  name: 'Error',
  request: 'GET /',
}

describe('the list of errors', () => {
  it('writes out what turns text round or hides it, as the page of each error does', () => {
    const hidden = {
      ...error,
      message: 'paid \u202eto\u2066 Ann',
      name: 'Er\u200bror',
      request: 'GET /\u061c',
    }
    const { body } = listPage([hidden], undefined, 'no \u202e console', '')
    expect(body).toContain('paid \\u202eto\\u2066 Ann')
    expect(body).not.toMatch(/[\u202e\u2066\u200b\u061c]/u)
  })

  it('has the client’s script only with data', () => {
    expect(listPage([], undefined, '', '').body).not.toContain('<script')
    const data = { console: true } as Parameters<typeof listPage>[1]
    expect(listPage([], data, '', '/base').body).toContain('<script src="/base/__rocksolid/')
  })
})
