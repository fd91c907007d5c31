import { describe, expect, it } from 'vitest'
import { addressList, isAddressRange, isListedName } from '../../src/http/hosts.ts'

describe('isListedName', () => {
  it.each([
    ['app.test', 'app.test', true],
    ['app.test', 'APP.test.', true],
    ['x.app.test', 'app.test', false],
    ['app.test', '.app.test', true],
    ['x.y.app.test', '.app.test', true],
    ['evilapp.test', '.app.test', false],
    ['app.test.evil', '.app.test', false],
    ['::1', '[::1]', true],
  ])('%s by an entry %s: %s', (name, entry, expected) => {
    expect(isListedName(name, [entry])).toBe(expected)
  })
})

describe('addressList', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['::1', '::1', true],
    ['not an address', '10.0.0.0/8', false],
    [undefined, '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, entry, expected) => {
    expect(addressList([entry])(address)).toBe(expected)
  })
})

describe('isAddressRange', () => {
  it.each(['127.0.0.1', '10.0.0.0/32', '::1', 'fe80::/128'])('takes %s', (text) => {
    expect(isAddressRange(text)).toBe(true)
  })

  it.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'fe80::1%eth0',
  ])('does not take %j', (text) => {
    expect(isAddressRange(text)).toBe(false)
  })
})
