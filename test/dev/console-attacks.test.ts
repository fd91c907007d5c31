import { describe, expect, it } from 'vitest'
import { painter } from '../../src/core/ansi.ts'
import type { DebuggerApi } from '../../src/dev/console/debugger-api.ts'
import { type ConsoleSession, openSession } from '../../src/dev/console/session.ts'
import { HIDDEN_TEXT, hiddenIn } from '../support/hidden.ts'

/** Clears the screen, sets the title, makes a link, rings, goes back, in seven and eight bits, and begins a new line. */
const ATTACK =
  '\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\\x9b2J\x9d0;t\x9c\r\n\x08\u202eforged' +
  HIDDEN_TEXT

/** Every text of what the server answers is the attack. */
function hostileApi(): DebuggerApi {
  const value = {
    type: 'object',
    text: ATTACK,
    entries: [{ key: ATTACK, value: { type: 'string', text: ATTACK } }],
  }
  const output = [
    { stream: 'stdout', text: ATTACK },
    { stream: 'stderr', text: ATTACK },
  ]
  const frame = {
    frame: '0.0',
    error: ATTACK,
    relation: 'reported',
    function: ATTACK,
    file: `/srv/${ATTACK}.js`,
    line: 1,
    column: 2,
    kind: 'app',
    state: 'live',
  }
  const evaluated: Record<string, object> = {
    value: { kind: 'value', value, result: 0, output, ms: 1 },
    threw: { kind: 'threw', value, result: 0, traceback: ATTACK, output, ms: 1 },
    syntax: { kind: 'syntax-error', message: ATTACK, line: 1, column: 1 },
  }
  const answers: Record<string, (body: { readonly code?: string }) => object> = {
    errors: () => ({
      errors: [
        {
          id: ATTACK,
          fingerprint: 'f',
          at: 0,
          name: ATTACK,
          message: ATTACK,
          request: ATTACK,
          count: 2,
          first: 0,
          last: 0,
        },
      ],
      silent: 0,
    }),
    frames: () => ({ frames: [frame, { ...frame, frame: '1.0', relation: 'cause', state: 'after-replay' }] }),
    locals: () => ({ value }),
    evaluate: ({ code = '' }) => evaluated[code] ?? {},
    preview: () => ({ value }),
  }
  return { ask: async (action, body) => answers[action]?.(body as object) as never }
}

const open = (): Promise<ConsoleSession> =>
  openSession(hostileApi(), { id: undefined, frame: undefined, paint: painter(true), cwd: '/srv' })

/** What steers a terminal beside the colours that are our own, or hides. */
const steers = (text: string): string[] => [
  ...(text.replace(/\x1b\[\d{1,2}m/g, '').match(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g) ?? []),
  ...hiddenIn(text),
]

describe('nothing that a program is called or has said steers the terminal of the console', () => {
  it('where it stands, and its prompt', async () => {
    const session = await open()
    expect(steers(session.where())).toEqual([])
    expect(session.where().split('\n')).toHaveLength(1)
    expect(steers(session.prompt())).toEqual([])
    expect(session.prompt()).not.toContain('\n')
  })

  it.each(['errors', '.frames', '.locals', 'frame 0', 'value', 'threw', 'syntax'])('%s', async (input) => {
    const result = await (await open()).line(input)
    const { text } = result as { text: string }
    expect(text).toContain('forged')
    expect(steers(text)).toEqual([])
  })

  it.each(['errors', '.frames'])('no line of %s is forged', async (input) => {
    const { text } = (await (await open()).line(input)) as { text: string }
    expect(text.split('\n').filter((line) => /^.{0,3}forged/.test(line))).toEqual([])
  })
})

describe('the errors of workers', () => {
  it('that do not answer are told of as missing from the list', async () => {
    const api = hostileApi()
    const some: DebuggerApi = {
      ask: async (action, body) =>
        (action === 'errors'
          ? { ...(await api.ask('errors', {})), silent: 2 }
          : api.ask(action, body)) as never,
    }
    const place = { id: undefined, frame: undefined, paint: painter(false), cwd: '/srv' }
    const session = await openSession(some, place)
    expect(await session.line('.errors')).toMatchObject({
      text: expect.stringContaining('2 workers do not answer'),
    })
    await expect(openSession(some, { ...place, id: 'none' })).rejects.toThrow('2 workers do not answer')
  })
})
