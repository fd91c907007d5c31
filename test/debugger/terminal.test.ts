import { describe, expect, it } from 'vitest'
import { stripAnsi } from '../../src/core/ansi.ts'
import { startApp } from '../support/app-process.ts'
import { request } from '../support/request.ts'

/** What an error prints on a terminal of this kind. */
async function printed(terminal: object, env: Record<string, string> = {}, options = {}): Promise<string> {
  const app = await startApp('terminal.mjs', {
    env: {
      NO_COLOR: '',
      ROCKSOLID_EDITOR: 'vscode',
      TERM: 'xterm',
      ...env,
      TERMINAL: JSON.stringify(terminal),
      DEBUGGER_OPTIONS: JSON.stringify(options),
    },
  })
  try {
    await request({ port: app.port, path: '/basket?token=abcdef' })
    return (await request({ port: app.port, path: '/written' })).body
  } finally {
    await app.stop()
  }
}

const TTY = { isTTY: true, columns: 100 }

describe('an error on the terminal', () => {
  it('tells request, error, failing line with its values under it, cause, and the link to its page', async () => {
    const text = stripAnsi(await printed(TTY))
    const lines = text.split('\n')
    const at = (part: string | RegExp): number =>
      lines.findIndex((line) => (typeof part === 'string' ? line.includes(part) : part.test(line)))
    expect(at('GET /basket?token=[masked]')).toBeGreaterThanOrEqual(0)
    expect(at('Error: The basket has no price')).toBeGreaterThan(at('GET /basket'))
    expect(at("caused by TypeError: Cannot read properties of undefined (reading 'net')")).toBeGreaterThan(0)
    const failing = at(/^ +> 17 │ .*prices\.get\(item\.name\)\.net/)
    expect(failing).toBeGreaterThan(0)
    const under = lines.slice(failing + 1, failing + 12).join('\n')
    expect(under).toMatch(/└ \{ name: 'cap', count: 2 \}/)
    expect(under).toMatch(/└ 25\b/)
    expect(under).toMatch(/└ 1\.25/)
    expect(text).toMatch(/… 1 frame of the runtime/)
    expect(text).toMatch(/debugger http:\/\/localhost:\d+\/__rocksolid\/errors\/[\w-]{22}/)
    expect(text.match(/Error: The basket has no price/g)).toHaveLength(1)
  })

  it('links each place to the editor, paths mapped, and only where a terminal is', async () => {
    const text = await printed(TTY)
    expect(text).toMatch(
      /\x1b\]8;;vscode:\/\/file\/home\/me\/shop\/terminal\.mjs:17:\d+\x1b\\\x1b\[36m[^\x1b]*terminal\.mjs:17:\d+/,
    )
    const forced = await printed({ isTTY: false }, { FORCE_COLOR: '1' })
    expect(forced).toContain('\x1b[')
    expect(forced).not.toContain('\x1b]8;;')
    expect(await printed(TTY, {}, { editor: false })).not.toContain('\x1b]8;;')
  })

  it.each([
    ['NO_COLOR is set', TTY, { NO_COLOR: '1' }],
    ['it is no terminal, as in CI', {}, { CI: 'true' }],
    ['it is a dumb one', TTY, { TERM: 'dumb' }],
  ])('is plain text where %s', async (_name, terminal, env) => {
    const text = await printed(terminal, env)
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/)
    expect(text).toContain('caused by TypeError')
  })

  it('cuts its lines of code to the width', async () => {
    for (const columns of [60, 80]) {
      const text = stripAnsi(await printed({ isTTY: true, columns }))
      const code = text.split('\n').filter((line) => line.includes('│'))
      expect(code.length).toBeGreaterThan(6)
      for (const line of code) expect(line.length).toBeLessThanOrEqual(columns)
      expect(code.some((line) => line.endsWith('…'))).toBe(true)
    }
  })
})
