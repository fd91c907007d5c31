import { beforeEach, describe, expect, it } from 'vitest'
import { describe as describeValue } from '../../src/inspect/describe.ts'
import { descriptionToText } from '../../src/inspect/to-text.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderText } from '../../src/report/render-text.ts'
import { cpuMs } from '../support/growth.ts'
import { hostileValues, ran } from './hostile-values.ts'

const names = Object.keys(hostileValues)
const make = (name: string): unknown => hostileValues[name]?.()

/** The source shown would be this file and its values, which hold what must not appear. */
const NO_SOURCE = { roots: [] }

/**
 * V8 makes the text of a stack when it is first read, by whomever, and asks the error for its name and message as
 * any code would. Nothing but these may be run by making a report.
 */
const ASKED_BY_V8 = new Map([
  ['an error whose prototype is a Proxy', ['trap get']],
  ['an error with getters', ['getter name', 'getter name']],
  ['an error whose name is an object', ['toString']],
])

/** Milliseconds of the processor; generous, for a slow one. A quadratic step takes seconds. */
const TIME = 1500

beforeEach(() => {
  ran.length = 0
})

describe('any thrown value', () => {
  it('comes in more than sixty kinds', () => {
    expect(names.length).toBeGreaterThan(60)
  })

  it.each(names)('%s gives a report that is plain data', async (name) => {
    const value = make(name)
    let report = await buildReport(undefined, NO_SOURCE)
    const took = await cpuMs(async () => {
      report = await buildReport(value, NO_SOURCE)
    })
    expect(took).toBeLessThan(TIME)
    expect(ran).toEqual(ASKED_BY_V8.get(name) ?? [])
    expect(report.errors.length).toBeGreaterThan(0)
    expect(report.errors.length).toBeLessThanOrEqual(50)
    expect(report.errors[0]?.relation).toBe('reported')
    expect(report.errors[0]?.name).not.toBe('')
    expect(JSON.parse(JSON.stringify(report)).errors.length).toBe(report.errors.length)
    expect(JSON.stringify(report).length).toBeLessThan(2_000_000)
  })

  it.each(names)('%s is drawn as text that cannot steer a terminal', async (name) => {
    const text = renderText(await buildReport(make(name), NO_SOURCE))
    expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThan(200_000)
  })

  it.each(names)('%s is drawn as a page that holds no foreign markup', async (name) => {
    const report = await buildReport(make(name), NO_SOURCE)
    ran.length = 0
    let page = ''
    const took = await cpuMs(async () => {
      page = await renderHtml(report, { nonce: 'abc' })
    })
    expect(took).toBeLessThan(TIME)
    expect(page.endsWith('</html>\n')).toBe(true)
    expect(page.includes('The error page itself failed')).toBe(false)
    expect(/<script|<img|<b onclick|\son[a-z]+="|\sstyle="|javascript:/i.exec(page)?.[0]).toBeUndefined()
    expect(ran).toEqual([])
  })

  it.each(names)('%s is described without running its code', async (name) => {
    const value = make(name)
    let text = ''
    const took = await cpuMs(() => {
      text = descriptionToText(describeValue(value))
    })
    expect(took).toBeLessThan(TIME)
    expect(ran).toEqual([])
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThan(300_000)
  })
})

describe('reports that are kept', () => {
  it('are small: the twenty largest of these take less than eight megabytes', async () => {
    const sizes: number[] = []
    for (const name of names) sizes.push(JSON.stringify(await buildReport(make(name))).length)
    const largest = sizes.sort((a, b) => b - a).slice(0, 20)
    expect(largest.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000)
  })
})

describe('the report says what was thrown', () => {
  const first = async (name: string) => {
    const error = (await buildReport(make(name), NO_SOURCE)).errors[0]
    return { name: error?.name, message: error?.message, isError: error?.isError }
  }

  it.each([
    ['null', { name: 'null', message: 'null', isError: false }],
    ['undefined', { name: 'undefined', message: 'undefined', isError: false }],
    ['the empty string', { name: 'string', message: '', isError: false }],
    ['minus zero', { name: 'number', message: '-0', isError: false }],
    ['a BigInt', { name: 'bigint', message: '10n', isError: false }],
    ['a symbol', { name: 'symbol', message: 'Symbol(thrown)', isError: false }],
    ['a plain object', { name: 'Object', message: "{ status: 500, detail: 'plain' }", isError: false }],
    ['an object without prototype', { name: 'object', message: 'bare', isError: false }],
    ['a Proxy of an error', { name: 'Proxy', message: '[Proxy]', isError: false }],
    ['an error of another realm', { name: 'TypeError', message: 'other realm', isError: true }],
    ['a DOMException', { name: 'AbortError', message: 'aborted', isError: true }],
    ['an error with an empty message', { name: 'Error', message: '', isError: true }],
    ['an error whose message is a number', { name: 'Error', message: '42', isError: true }],
    ['an error that is frozen', { name: 'Error', message: 'frozen', isError: true }],
  ])('%s', async (name, expected) => {
    expect(await first(name)).toEqual(expected)
  })

  it('masks secrets in the message and the properties', async () => {
    const text = JSON.stringify(await buildReport(make('an error with secrets'), NO_SOURCE))
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('abcdef0123456789')
    expect(text).toContain('[masked]')
  })
})
