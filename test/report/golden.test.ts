import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { lineValues } from '../../src/report/line-values.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { reportToProblem } from '../../src/report/render-json.ts'
import { renderMarkdown } from '../../src/report/render-markdown.ts'
import { renderText } from '../../src/report/render-text.ts'
import type { Report } from '../../src/report/report.ts'
import { failureOf, type TypicalError } from './typical-errors.ts'

const FOLDER = join(import.meta.dirname, '..', 'golden', 'report')
const AT = Date.UTC(2013, 0, 8, 12, 50, 45)

/** What the names of the failing line held, as a debugger would tell. */
const LOCALS = new Map<string, unknown>([
  ['sum', 0],
  ['price', undefined],
  ['item', { name: 'hat', count: 2 }],
])

const lookup = (name: string) => (LOCALS.has(name) ? { value: LOCALS.get(name) } : undefined)

/** The report with everything that differs from run to run made the same. */
async function reportOf({ error, req }: TypicalError): Promise<Report> {
  const report = await buildReport(error, {
    ...(req ? { req } : {}),
    id: 'golden',
    at: AT,
    valuesOf: (_error, lines) =>
      lines.map(({ line }) => (line.includes('price.toFixed') ? lineValues(line, lookup) : undefined)),
    sections: [{ name: 'Logs', text: '\x1b[32mINFO\x1b[39m price list loaded\nINFO order of user 1' }],
  })
  const runtime = { name: 'Node.js 20', platform: 'linux x64', pid: 1, uptimeSeconds: 2, cwd: process.cwd() }
  const headers = report.request?.headers.map(
    ([name, value]) => [name, name.toLowerCase() === 'host' ? 'localhost' : value] as const,
  )
  return {
    ...report,
    runtime,
    fingerprint: 'fingerprint',
    request: report.request && { ...report.request, headers: headers ?? [] },
  }
}

/** Compares with the kept file; `UPDATE_GOLDEN=1` writes it. */
function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, name)
  const shown = text.replaceAll(process.cwd(), '/app')
  if (process.env.UPDATE_GOLDEN || !existsSync(path)) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(path, shown)
    if (!process.env.UPDATE_GOLDEN) throw new Error(`${name} was not there; it has been written, look at it`)
  }
  expect(shown).toBe(readFileSync(path, 'utf8'))
}

const CASES: readonly (readonly [string, () => Promise<TypicalError>])[] = [
  ['wrapped', () => failureOf('/checkout/1?token=abcdef')],
  ['store-away', () => failureOf('/checkout/503')],
  ['recursion', () => failureOf('/crash')],
  ['thrown-string', async () => ({ error: 'just a string\nof two lines', req: undefined })],
]

describe.each(CASES)('%s', (name, make) => {
  it('as text for a log', async () => {
    expectGolden(`${name}.txt`, `${renderText(await reportOf(await make()))}\n`)
  })

  it('as text for a terminal', async () => {
    const link = 'http://localhost:5000/errors/golden'
    expectGolden(
      `${name}.ansi`,
      `${renderText(await reportOf(await make()), { color: true, width: 80, link })}\n`,
    )
  })

  it('as Markdown', async () => {
    expectGolden(`${name}.md`, renderMarkdown(await reportOf(await make())))
  })

  it('as a page, but for its style sheet and the frames of others', async () => {
    const report = await reportOf(await make())
    const errors = report.errors.map((error) => ({
      ...error,
      frames: error.frames.filter(({ kind }) => kind === 'app'),
    }))
    const page = await renderHtml({ ...report, errors }, { live: new Set(['0.0']) })
    expectGolden(`${name}.html`, page.replace(/<style>[\s\S]*?<\/style>/, '<style>…</style>'))
  })

  it('as a problem document', async () => {
    expectGolden(
      `${name}.json`,
      `${JSON.stringify(reportToProblem(await reportOf(await make()), 500), null, 2)}\n`,
    )
  })
})
