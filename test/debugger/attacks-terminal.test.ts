import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { HIDDEN_TEXT, hiddenIn } from '../support/hidden.ts'
import { sendRaw } from '../support/raw-socket.ts'

/** Clears the screen, sets a title, makes a link, in seven and eight bits; begins lines; turns round; hides. */
const ATTACK = `${HIDDEN_TEXT}${'\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x07\x9b2J\x9d0;t\x9c\x90q\x9c\x08\x7f\x00\r\ndebugger http://evil.example/__rocksolid/#unlock=forged\n127.0.0.1 - - "GET /forged HTTP/1.1" 200 1\u2028forged\u202eforged\u2066'}`
/** As it can stand in a header; a request line holds none of it but encoded. */
const IN_REQUEST = '\x9b2J\x9d0;t\x9c\x85debugger'

let app: AppProcess
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-'))
  app = await startApp('hostile.mjs', {
    env: { HOSTILE_FOLDER: folder, HOSTILE_TEXT: JSON.stringify(ATTACK), ROCKSOLID_EDITOR: 'vscode' },
  })
})
afterAll(async () => {
  await app?.stop()
  rmSync(folder, { recursive: true })
})

/** Whatever steers a terminal, turns text round or hides in it; line ends are judged by the lines. */
const steers = (text: string): string[] => [
  ...(text.match(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g) ?? []),
  ...hiddenIn(text),
]

const send = async (variant: string, accept: string): Promise<string> => {
  const head = [
    `GET /${variant}/text?${encodeURIComponent(ATTACK)} HTTP/1.1`,
    'Host: localhost',
    `Accept: ${accept}`,
    `User-Agent: ${IN_REQUEST}`,
    `X-Attack: ${IN_REQUEST}`,
    `Referer: ${IN_REQUEST}`,
    'Connection: close',
  ]
  const answer = await sendRaw(app.port, `${head.join('\r\n')}\r\n\r\n`)
  const [, ...rest] = answer.split('\r\n\r\n')
  return Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8')
}

const VARIANTS = ['error', 'stack', 'aggregate', 'string', 'object', 'evaluated', 'all']

describe('an attack on the terminal, in everything an error and its request carry', () => {
  it.each(VARIANTS)('as %s reaches no terminal by what is printed', async (variant) => {
    const before = app.stderr().length
    await send(variant, 'text/html')
    await expect
      .poll(() => app.stderr().slice(before), { timeout: 10_000 })
      .toMatch(/debugger http:\/\/localhost\S+errors/)
    const printed = app.stderr().slice(before)
    expect(printed).toContain('forged')
    expect(steers(printed)).toEqual([])
    // Lines that look like ours, or like the access log's, are.
    const lines = printed.split('\n')
    expect(lines.filter((line) => /^(?:debugger|refused)\b/.test(line) && line.includes('evil'))).toEqual([])
    expect(lines.filter((line) => /^\d+\.\d+\.\d+\.\d+ /.test(line))).toEqual([])
  })

  it.each(VARIANTS)(
    'as %s reaches no terminal by what curl shows, nor an agent by Markdown',
    async (variant) => {
      for (const accept of ['*/*', 'text/markdown', 'application/json']) {
        const text = await send(variant, accept)
        expect([accept, text]).toEqual([accept, expect.stringContaining('forged')])
        expect([accept, steers(text)]).toEqual([accept, []])
        if (accept === '*/*') expect(text).not.toMatch(/^debugger http:\/\/evil/m)
      }
    },
  )

  it.each(['', `X-Forwarded-${'a'.repeat(300)}: 1\r\n`])(
    'reaches none by what is refused (%#)',
    async (forwarded) => {
      const before = app.stderr().length
      const answer = await sendRaw(
        app.port,
        `GET /__rocksolid/%9b HTTP/1.1\r\nHost: ${IN_REQUEST}\r\nOrigin: ${IN_REQUEST}\r\n${forwarded}Connection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 40[03]/)
      await expect.poll(() => app.stderr().slice(before), { timeout: 10_000 }).toMatch(/refused/)
      expect(steers(app.stderr().slice(before))).toEqual([])
    },
  )
})
