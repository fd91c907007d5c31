import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

/** Names and values below the failing line of the nearest frame of the application. */
const CASES: readonly (readonly [path: string, values: Readonly<Record<string, string>>])[] = [
  ['/module', { rates: '{ vat: 19 }', 'rates.vat': '19', 'rates.vat.percent': 'undefined' }],
  ['/closure', { 'customer.name': "'Ada'", 'customer.name.first': 'undefined', amount: '1' }],
  ['/block', { shadowed: "'of the block'", step: '1' }],
  ['/this', { discount: '5' }],
  ['/undefined', { order: 'undefined' }],
  ['/import', { 'rates.vat': '19' }],
  ['/async', { waited: "'done'" }],
]

describe.each(RUNTIMES)('the values below a failing line, on %s', (_name, node) => {
  let app: AppProcess
  beforeAll(async () => {
    app = await startApp('line-values.mjs', { node })
  })
  afterAll(() => app.stop())

  const valuesOf = async (path: string): Promise<Readonly<Record<string, string>>> => {
    const { page } = await openErrorPage(app.port, path)
    const [list = ''] = /<dl class="rs-values">[\s\S]*?<\/dl>/.exec(page.body) ?? []
    const rows = list.matchAll(/<dt>(.*?)<\/dt>\s*<dd[^>]*>([\s\S]*?)<\/dd>/g)
    return Object.fromEntries([...rows].map(([, name, value]) => [name, textOf(value)]))
  }

  it.each(CASES)('are those of the moment of the throw: %s', async (path, values) => {
    expect(await valuesOf(path)).toMatchObject(values)
  })
})

function textOf(html = ''): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
