import { afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

const NAMES = ['price', 'stock', 'buyer', 'place', 'card', 'taxes']

let app: AppProcess
afterEach(() => app.stop())

/** Whether the nearest frame has a console, and the failing line the value of its argument. */
async function firstPage(path: string): Promise<string> {
  const { live, page } = await openErrorPage(app.port, path)
  const values = /<dl class="rs-values">[\s\S]*?<\/dl>/.exec(page.body)?.[0] ?? ''
  return `${live.includes('0.0') ? 'console' : 'no console'}, ${/<dt>order(?:\.\w+)*<\/dt>/.test(values) ? 'values' : 'no values'}`
}

describe.each(RUNTIMES)('the first page of an error, on %s', (_name, node) => {
  it('has console and values when its request has handled a hundred throws in the same second', async () => {
    app = await startApp('first-pages.mjs', {
      node,
      env: { DEBUGGER_OPTIONS: '{"maxCapturesPerSecond": 20}' },
    })
    for (const name of NAMES) expect(await firstPage(`/${name}/50`), name).toBe('console, values')
  })

  it('has them however many other pages there are in the same second', async () => {
    app = await startApp('first-pages.mjs', {
      node,
      env: { DEBUGGER_OPTIONS: '{"maxCapturesPerSecond": 10}' },
    })
    const pages = await Promise.all([...NAMES, ...NAMES, ...NAMES].map((name) => firstPage(`/${name}/0`)))
    expect(pages).toEqual(pages.map(() => 'console, values'))
  })
})
