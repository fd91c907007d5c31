import { describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { detectEditor, EDITORS, editorLink, editorTemplate } from '../../src/report/editors.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderText } from '../../src/report/render-text.ts'

const link = (editor: string, file: string, paths = {}): string | undefined =>
  editorLink(editorTemplate(editor) ?? '', { file, line: 12, column: 3 }, paths)

describe('editorLink', () => {
  it.each([
    ['vscode', '/srv/app.ts', 'vscode://file/srv/app.ts:12:3'],
    ['code --wait', '/srv/app.ts', 'vscode://file/srv/app.ts:12:3'],
    ['/usr/bin/subl -w', '/srv/a b.ts', 'subl://open?url=file://%2Fsrv%2Fa%20b.ts&line=12&column=3'],
    ['cursor', 'C:\\app\\a.ts', 'cursor://file/C:/app/a.ts:12:3'],
    ['webstorm', '/srv/a&b.ts', 'webstorm://open?file=%2Fsrv%2Fa%26b.ts&line=12&column=3'],
    ['vscode', '/srv/#1 %/$&/$$.ts', 'vscode://file/srv/%231%20%25/%24%26/%24%24.ts:12:3'],
    ['zed', '/srv/(group)/[id]/ü.ts', 'zed://file/srv/(group)/%5Bid%5D/%C3%BC.ts:12:3'],
    ['my-editor://open/{file}?l={line}', '/srv/a.ts', 'my-editor://open//srv/a.ts?l=12'],
  ])('%s opens %s', (editor, file, expected) => {
    expect(link(editor, file)).toBe(expected)
  })

  it.each(['node:net', 'relative.ts', '//server/share/a.ts', '\\\\server\\share\\a.ts', ''])(
    'opens nothing for %s',
    (file) => {
      expect(link('vscode', file)).toBeUndefined()
    },
  )

  it('makes a safe address of any path, for every editor', () => {
    const file = '/srv/"><script>alert(1)</script>\n\x1b\\ \u202e.ts'
    for (const name of Object.keys(EDITORS))
      expect(link(name, file)).toMatch(/^[a-z+-]+:\/\/[\w/?&=.:%()!'*~-]+$/)
  })

  it('never links to a scheme that runs code, even when the template was not checked', () => {
    for (const template of ['javascript:alert({file})', ' JavaScript:{file}', 'data:text/html,{file}']) {
      expect(editorLink(template, { file: '/a.ts', line: 1, column: 1 })).toBeUndefined()
    }
  })

  it('maps paths of containers by whole parts, the longest first', () => {
    const paths = { '/app': '/home/ann/shop', '/app/packages/': '/home/ann/packages', '/': '/mnt' }
    expect(link('vscode', '/app/src/a.ts', paths)).toBe('vscode://file/home/ann/shop/src/a.ts:12:3')
    expect(link('vscode', '/app/packages/b.ts', paths)).toBe('vscode://file/home/ann/packages/b.ts:12:3')
    expect(link('vscode', '/apple/c.ts', paths)).toBe('vscode://file/mnt/apple/c.ts:12:3')
    expect(link('vscode', '/app/a.ts', { '/app': 'C:\\work' })).toBe('vscode://file/C:/work/a.ts:12:3')
  })
})

describe('editorTemplate', () => {
  it.each([
    'javascript:alert("{file}")',
    'JavaScript://x/{file}',
    'data:text/html,{file}',
    'vbscript:{file}',
    'unknown',
    '',
    'https://x',
    'constructor',
    '__proto__',
    'vscode://file/x',
  ])('refuses %s', (editor) => {
    expect(editorTemplate(editor)).toBeUndefined()
  })

  it('knows at least thirty editors', () => {
    expect(Object.keys(EDITORS).length).toBeGreaterThanOrEqual(30)
  })
})

describe('detectEditor', () => {
  it.each([
    [{ EDITOR: 'nvim', TERM_PROGRAM: 'vscode' }, EDITORS.neovim],
    [{ EDITOR: 'nano', TERM_PROGRAM: 'vscode' }, EDITORS.vscode],
    [{ EDITOR: 'vim', LAUNCH_EDITOR: 'zed' }, EDITORS.zed],
    [{ ROCKSOLID_EDITOR: 'my://{file}', LAUNCH_EDITOR: 'zed' }, 'my://{file}'],
    [{ CURSOR_TRACE_ID: 'x', TERM_PROGRAM: 'vscode' }, EDITORS.cursor],
    [{ TERMINAL_EMULATOR: 'JetBrains-JediTerm' }, EDITORS.idea],
    [{}, undefined],
  ])('%j', (env, expected) => {
    expect(detectEditor(env)).toBe(expected)
  })
})

describe('links to the editor', () => {
  it('are in the page, one beside each frame with a file', async () => {
    const page = await renderHtml(await buildReport(new Error('x')), { editor: EDITORS.vscode })
    expect(page).toMatch(/<a class="rs-open" href="vscode:\/\/file\/[^"<>]*editors\.test\.ts:\d+:\d+">/)
    expect(await renderHtml(await buildReport(new Error('x')))).not.toContain('class="rs-open"')
  })

  it('are in the terminal as OSC 8, but never without colour', async () => {
    const report = await buildReport(new Error('x'))
    const colored = renderText(report, { color: true, editor: EDITORS.vscode })
    expect(colored).toMatch(/\x1b\]8;;vscode:\/\/file\/[^\x1b]*editors\.test\.ts:\d+:\d+\x1b\\/)
    expect(renderText(report, { editor: EDITORS.vscode })).not.toContain('\x1b')
  })
})

describe('a path that cannot be encoded', () => {
  it.each(['/srv/\ud800.js', '/srv/\udc00\ud800/a.js', '/\ud800'])('%j still becomes a link', (file) => {
    for (const template of Object.values(EDITORS))
      expect(editorLink(template, { file, line: 1, column: 1 })).toContain('%EF%BF%BD')
    expect(editorLink(EDITORS.vscode, { file: '/srv/\u{1f600}.js', line: 1, column: 1 })).toContain(
      '%F0%9F%98%80',
    )
  })
})
