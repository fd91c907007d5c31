import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { plainMessage } from '../../src/report/html/message.ts'
import { plainPage } from '../../src/report/html/page.ts'
import { viewOf } from '../../src/report/html/view.ts'
import { laterYouch, youchPage } from '../../src/report/html/youch-page.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import type { Report } from '../../src/report/report.ts'
import { HIDDEN_TEXT, hiddenIn } from '../support/hidden.ts'
import { failureOf } from './typical-errors.ts'

async function checkoutReport(): Promise<Report> {
  const { error, req } = await failureOf('/checkout/1?token=abcdef')
  return buildReport(error, req ? { req } : {})
}

/** The opening tag of each frame by its key. */
function framesIn(page: string): Map<string, string> {
  const tags = page.matchAll(/<details class="rs-frame" data-frame="([^"]+)"[^>]*>/g)
  return new Map([...tags].map((match) => [match[1] ?? '', match[0]]))
}

describe('the page', () => {
  it('tells what happened, where and in which request', async () => {
    const page = await renderHtml(await checkoutReport())
    const text = page.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<[^>]+>/g, '')
    expect(text).toContain('TypeError')
    expect(text).toContain('Cannot read properties of undefined (reading &#39;toFixed&#39;)')
    expect(text).toContain('CheckoutError')
    expect(text).toContain('shop.mjs:15:24')
    expect(text).toContain('return sum + price.toFixed(2) * item.count')
    expect(text).toContain('GET')
    expect(text).toContain('/checkout/1?token=[masked]')
    expect(text).toContain('gallery')
  })

  it('shows what is hidden in a message, a name, a value and the code itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hidden-'))
    try {
      const file = join(folder, 'admin.mjs')
      const text = `const said = "${HIDDEN_TEXT.replace(/[\u2028\u2029]/g, '')}"\nthrow Object.assign(new Error(said), { [said]: said, name: said })\n`
      writeFileSync(file, text)
      const error: unknown = await import(pathToFileURL(file).href).catch((thrown: unknown) => thrown)
      const page = await renderHtml(await buildReport(error, { roots: [folder] }))
      expect(page).toContain('admin.mjs')
      expect(page).toContain('const</span> said = ')
      expect(hiddenIn(page)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows no secret of the request', async () => {
    const page = await renderHtml(await checkoutReport())
    for (const secret of ['abcdefgh12345678', 's3cr3t', 'token=abcdef'])
      expect(page.includes(secret)).toBe(false)
  })

  it('opens the innermost frame of the application in the deepest error that has one', async () => {
    const report = await checkoutReport()
    const open = [...framesIn(await renderHtml(report))].filter(([, tag]) => tag.endsWith(' open>'))
    expect(open.map(([key]) => key)[0]).toBe('1.0')
    expect(report.errors[1]?.frames[0]?.functionName).toBeUndefined()
  })

  it('has every frame of every error once', async () => {
    const report = await checkoutReport()
    const keys = [...framesIn(await renderHtml(report)).keys()].sort()
    const expected = report.errors.flatMap((error, index) =>
      error.frames.map((_, frame) => `${index}.${frame}`),
    )
    expect(keys).toEqual(expected.sort())
  })

  it('gives live frames a slot for the console after their code, and marks those that wait', async () => {
    const options = { live: new Set(['1.0', '0.0']), pending: new Set(['1.0', '0.1']) }
    const page = await renderHtml(await checkoutReport(), options)
    const frames = framesIn(page)
    expect(frames.get('1.0')).toMatch(/ data-live(?=[ >])/)
    expect(frames.get('1.0')).not.toContain('data-pending')
    expect(frames.get('0.1')).toContain(' data-pending')
    expect(page).toContain(
      '</pre></div></div><div class="rs-console-slot" data-console="1.0"></div></details>',
    )
    expect(page.match(/rs-console-slot" data-console/g)).toHaveLength(2)
    expect(page.match(/<div id="rs-toolbar"><\/div>/g)).toHaveLength(1)
    expect(page.match(/<div id="rs-status" role="status"><\/div>/g)).toHaveLength(1)
  })

  it('puts the nonce on every style and script, and has no inline style or handler', async () => {
    const page = await renderHtml(await checkoutReport(), {
      nonce: 'n0nce',
      style: '.x{}',
      script: 'one()',
      bootstrap: { a: 1 },
    })
    const tags = page.match(/<(?:style|script)\b[^>]*>/g) ?? []
    expect(tags).toHaveLength(4)
    for (const tag of tags) expect(tag).toContain(' nonce="n0nce"')
    expect(page).not.toMatch(/<[^>]+\s(?:style|on\w+)=/)
  })

  it('carries script, style and data unharmed, whatever they contain', async () => {
    const script = 'const a = "$& $1 $` </script> <!-- SCRIPTS -->"'
    const bootstrap = { text: '</script><script>alert(1)</script><!--', pattern: "$& $' $$" }
    const page = await renderHtml(await checkoutReport(), {
      script,
      bootstrap,
      style: '.x::after{content:"$&</style>"}',
    })
    expect(page).toContain('const a = "$& $1 $` <\\/script> <\\!-- SCRIPTS -->"')
    expect(page).toContain('.x::after{content:"$&<\\/style>"}')
    const data = /<script type="application\/json" id="rocksolid-data">([^<]*)<\/script>/.exec(page)?.[1]
    expect(JSON.parse(data ?? '')).toEqual(bootstrap)
  })

  it('escapes the nonce, the note and the request', async () => {
    const req = { method: '<b>', url: '/"><img src=x>', httpVersion: '1.1', rawHeaders: ['X"><i>', '<i>'] }
    const report = await buildReport(new Error('x'), { req: req as never, roots: [] })
    const page = await renderHtml(report, { nonce: '"><script>', banner: '<u>note</u>' })
    expect(page).not.toMatch(/<b>|<img|<i>|<u>|nonce=""/)
    expect(page).toContain('&lt;u&gt;note&lt;/u&gt;')
  })

  it('shows the colours of a message as classes', async () => {
    const message =
      '\x1b[1;31mred <b>\x1b[0m plain \x1b[92mgreen\x1b[39m \x1b[38;5;21mblue\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07'
    const page = await renderHtml(await buildReport(new Error(message), { roots: [] }))
    const shown = /<span class="rs-message">(.*?)<\/h1>/s.exec(page)?.[1]
    expect(shown).toContain('<span class="rs-a1"><span class="rs-a31">red &lt;b&gt;</span></span> plain ')
    expect(shown).toContain('<span class="rs-a32">green</span>')
    expect(shown).toContain('<span class="rs-a34">blue</span> link')
    expect(shown).not.toContain('\x1b')
  })

  it('stays below 35 kB for an error of three frames and a hundred for a long chain', async () => {
    expect((await renderHtml(await checkoutReport())).length).toBeLessThan(35_000)
    let error = new Error('root')
    for (let level = 0; level < 9; level++) error = new Error(`level ${level}`, { cause: error })
    expect((await renderHtml(await buildReport(error))).length).toBeLessThan(120_000)
  })
})

/** As in a process that has drawn no page: what copies of this package share outlives the modules. */
function forgetYouch(): void {
  const holder = globalThis as { [key: symbol]: Map<string, unknown> | undefined }
  holder[Symbol.for('rocksolid.shared.1')]?.delete('report.youch')
}

describe('the error shown first', () => {
  it('is a member with a line to look at, where an aggregate has none; and what was reported stands below', async () => {
    const fail = async (name: string): Promise<never> => {
      throw new RangeError(`no ${name}`)
    }
    const error = await Promise.any([fail('stock'), fail('mail')]).catch((reason: unknown) => reason)
    const page = await renderHtml(await buildReport(error))
    expect(page).toMatch(/<h1[^>]*><span class="rs-name">RangeError<\/span>/)
    expect(page).toMatch(/reported as <a href="#rs-error-0">AggregateError<\/a>: All promises were rejected/)
    expect(page.match(/aria-current="true"/g)).toHaveLength(1)
  })
})

describe('the tiers of the page', () => {
  afterEach(() => {
    vi.doUnmock('youch')
    vi.doUnmock('ansi-html')
    vi.doUnmock('../../src/report/html/sections.ts')
    vi.resetModules()
  })

  const render = async (report: Report): Promise<string> => {
    vi.resetModules()
    forgetYouch()
    const { renderHtml: fresh } = await import('../../src/report/render-html.ts')
    const { laterYouch: later } = await import('../../src/report/html/youch-page.ts')
    await later.load().catch(() => {})
    return fresh(undrawn(report))
  }

  /** The same with excerpts that are no page's yet: one whose code was drawn before needs no youch. */
  const undrawn = (report: Report): Report => structuredClone(report)

  it('first: youch draws the very page that our components draw', async () => {
    const view = viewOf(await checkoutReport(), { nonce: 'abc' }, plainMessage)
    const youch = await laterYouch.load()
    expect(await youchPage(view, youch)).toBe(plainPage(view))
    // And again, when the code is known from the page before.
    expect(await youchPage(view, youch)).toBe(plainPage(view))
  })

  it('first: youch is loaded once the first page has gone, and draws the code of the pages after it', async () => {
    const report = await checkoutReport()
    vi.resetModules()
    forgetYouch()
    const fresh = await import('../../src/report/render-html.ts')
    const { laterYouch: later } = await import('../../src/report/html/youch-page.ts')
    const toHTML = vi.spyOn((await import('youch')).Youch.prototype, 'toHTML')
    const first = await fresh.renderHtml(report)
    expect(toHTML.mock.calls.length).toBe(0)
    await vi.waitFor(() => expect(later.loaded()).toBeDefined(), 15_000)
    expect(await fresh.renderHtml(undrawn(report))).toBe(first)
    expect(toHTML.mock.calls.length).toBe(1)
    // Code that was drawn before leaves it nothing to do.
    expect(await fresh.renderHtml(report)).toBe(first)
    expect(toHTML.mock.calls.length).toBe(1)
    toHTML.mockRestore()
  })

  it('second: our components alone, when youch is not there', async () => {
    const report = await checkoutReport()
    const expected = await renderHtml(report)
    vi.doMock('youch', () => {
      throw new Error('youch is not installed')
    })
    expect(await render(report)).toBe(expected)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    ['gives something else', () => Promise.resolve('<html>')],
    ['gives nothing', () => Promise.resolve(undefined)],
  ])('second: our components alone, when youch %s', async (_name, toHTML) => {
    const report = await checkoutReport()
    const expected = await renderHtml(report)
    const chain = () => ({ useParser: chain, defineSourceLoader: chain, useTransformer: chain })
    class Youch {
      templates = { use: () => {} }
      metadata = { group: () => {} }
      useParser = chain
      toHTML = toHTML
    }
    vi.doMock('youch', () => ({ Youch, BaseComponent: class {} }))
    expect(await render(report)).toBe(expected)
  })

  it('without ansi-html the message loses its colours only', async () => {
    vi.doMock('ansi-html', () => {
      throw new Error('ansi-html is not installed')
    })
    const page = await render(await buildReport(new Error('\x1b[31mred\x1b[0m <b>'), { roots: [] }))
    expect(page).toContain('<span class="rs-message">red &lt;b&gt;</span>')
  })

  it('third: a page without any package and component, when these fail', async () => {
    const report = await buildReport(new TypeError('bad </pre><script>alert(1)</script>'), { roots: [] })
    vi.doMock('../../src/report/html/sections.ts', () => ({
      headerPart: () => {
        throw new Error('broken')
      },
    }))
    const page = await render(report)
    expect(page).toContain('The error page itself failed')
    expect(page).toContain('<h2>TypeError</h2>')
    expect(page).toContain('bad &lt;/pre&gt;&lt;script&gt;')
    expect(page).not.toContain('<script')
  })

  it('third: also when the report itself is broken', async () => {
    const broken = {
      get errors(): never {
        throw new Error('broken')
      },
    } as unknown as Report
    expect(await renderHtml(broken)).toContain('could not be read')
    expect(await renderHtml(undefined as unknown as Report)).toContain('could not be read')
  })
})
