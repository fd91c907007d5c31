import { expect, it, describe as suite } from 'vitest'
import { stripAnsi } from '../../src/core/ansi.ts'
import { answerKind } from '../../src/http/accepts.ts'
import { cookieValues } from '../../src/http/cookie.ts'
import { forwardingHeader, isListedName, parseHost } from '../../src/http/hosts.ts'
import { describe } from '../../src/inspect/describe.ts'
import { isSecretName, maskText } from '../../src/inspect/redact.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderMarkdown } from '../../src/report/render-markdown.ts'
import { renderText } from '../../src/report/render-text.ts'
import { toFile } from '../../src/stack/frame-line.ts'
import { framesOf } from '../../src/stack/parse-error.ts'
import { cpuMs } from '../support/growth.ts'

/** Of the processor. Quadratic work on these would take minutes; the machine may be slow. */
const LIMIT_MS = 8000
const SIZE = 300_000

async function inTime(work: () => unknown): Promise<void> {
  expect(await cpuMs(work)).toBeLessThan(LIMIT_MS)
}

const repeat = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length))

/** Texts on which expressions that backtrack take for ever. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['blanks', repeat(' ')],
  ['tabs and ends', `${repeat('\t ')}x`],
  ['line ends', repeat('\n')],
  ['frames', repeat('\n    at a (/b.js:1:1)')],
  ['frames without end', `\n    at ${repeat('(')}`],
  ['open frames', repeat('\n    at a (')],
  ['evals', repeat('eval at a (')],
  ['colons', repeat(':1')],
  ['escapes', repeat('\x1b[')],
  ['links of terminals', repeat('\x1b]8;;')],
  ['colours', repeat('\x1b[1;')],
  ['quotes', repeat('\'"`')],
  ['equals', repeat('a=')],
  ['members', repeat('{"a":"')],
  ['printed members', repeat("a: '")],
  ['per cents', repeat('%25')],
  ['header names', repeat(' authorization: ')],
  ['addresses', repeat('http://a:b@')],
  ['dots', repeat('a.b')],
  ['backslashes', repeat('\\')],
  ['semicolons', repeat(';')],
  ['commas', repeat('a/b,')],
  ['words', repeat('is not defined ')],
  ['hints', repeat("Cannot read properties of undefined (reading 'a') ")],
  ['modules', repeat("Cannot find module '/a' imported from ")],
  ['JSON', repeat('Unexpected token } in JSON at position 1 ')],
  ['keys', repeat('-----BEGIN PRIVATE KEY-----')],
  ['surrogates', repeat('\ud800')],
  ['braces', repeat('${')],
]

suite('takes time in proportion, whatever it reads', () => {
  it.each(HOSTILE)('an error of %s', async (_name, text) => {
    const error = Object.assign(new Error(text), { name: text, code: text, [text]: text })
    const others = [
      Object.assign(new TypeError('x'), { stack: text }),
      Object.assign(new Error(text.slice(0, 100)), { stack: `Error: ${text}` }),
      { message: text, stack: text, name: text },
      text,
    ]
    await inTime(async () => {
      for (const thrown of [error, ...others]) {
        const report = await buildReport(thrown, { roots: [] })
        const drawn = [renderText(report), renderMarkdown(report), await renderHtml(report)]
        for (const one of drawn) expect(one.length).toBeLessThan(2_000_000)
      }
    })
  })

  it.each(HOSTILE)('a header or a value of %s', async (_name, text) => {
    await inTime(() => {
      answerKind({ accept: text, 'sec-fetch-dest': text })
      cookieValues(text, 'rocksolid_0')
      parseHost(text)
      isListedName(text, ['.app.test'])
      forwardingHeader({ accept: text })
      isSecretName(text)
      maskText(text)
      stripAnsi(text)
      toFile(text)
      describe({ [text]: text, list: [text, { text }] })
    })
  })

  it('a thousand errors in one another', async () => {
    let error = new Error('first')
    for (let depth = 0; depth < 1000; depth++) error = new Error(repeat('a').slice(0, 3000), { cause: error })
    await inTime(async () => renderHtml(await buildReport(error, { roots: [] })))
  })
})

suite('names no file of another machine', () => {
  it.each([
    '//host/share/a.js',
    '/\\host\\share\\a.js',
    '\\\\host\\share\\a.js',
    '\\/host/share/a.js',
    'file://host/share/a.js',
    'file:////host/share/a.js',
    'file:///\\host\\share\\a.js',
    '\\\\?\\UNC\\host\\share\\a.js',
    '\\\\.\\pipe\\a.js',
    'https://host/a.js',
    'smb://host/a.js',
  ])('%s', async (place) => {
    const stack = `Error: x\n    at run (${place}:1:1)\n    at ${place}:2:2`
    const frames = await framesOf(Object.assign(new Error('x'), { stack }))
    expect(frames.map(({ file }) => file)).toEqual([undefined, undefined])
  })
})
