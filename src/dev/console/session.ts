/** One terminal console: which error and frame it stands in, and what its commands do. Text in, text out. */

import type { Paint } from '../../core/ansi.ts'
import { escapeControls } from '../../core/escape.ts'
import { silentWorkers } from '../../debugger/processes/merge-lists.ts'
import type { FrameSummary } from '../../debugger/protocol.ts'
import type { DebuggerApi } from './debugger-api.ts'
import { drawAnswer, drawErrors, drawFrames, drawLocals, place } from './draw.ts'

/** What became of a line: text to print, more lines needed, or the end. */
export type LineResult = { readonly text: string } | 'more' | 'quit'

export interface ConsoleSession {
  /** Where it stands: what happened, and the frame. */
  where(): string
  prompt(): string
  /** Runs a command or evaluates code. Rejects when the server refuses or is gone. */
  line(input: string): Promise<LineResult>
  complete(
    code: string,
    cursor: number,
  ): Promise<{ readonly from: number; readonly items: readonly string[] }>
  /** What an expression without side effects is worth; undefined for anything else. */
  preview(code: string): Promise<string | undefined>
}

/** Commands, with what the help says of them. A name that the frame itself has goes to the frame. */
const COMMANDS: Readonly<Record<string, string>> = {
  frames: 'the frames of the error; those in bold have a console',
  'frame N': 'goes to frame N of the list, such as 2 or 1.0',
  'up, down': 'goes to the next live frame outwards or inwards',
  locals: 'the local names of the frame',
  errors: 'the errors that are kept',
  'error ID': 'goes to another error; the first characters are enough',
  help: 'this, and what the console knows',
  quit: 'leaves; so do Ctrl+D and .exit',
}

/** @throws {Error} with a sentence for the user, when there is no such error or frame */
export async function openSession(
  api: DebuggerApi,
  { id, frame, paint, cwd }: { id: string | undefined; frame: string | undefined; paint: Paint; cwd: string },
): Promise<ConsoleSession> {
  let error = ''
  let frames: readonly FrameSummary[] = []
  let current: FrameSummary | undefined

  async function goToError(prefix: string | undefined): Promise<void> {
    const { errors, silent } = await api.ask('errors', {})
    const found = prefix === undefined ? errors[0] : errors.find((one) => one.id.startsWith(prefix))
    if (found === undefined) {
      const reason =
        prefix === undefined
          ? 'The server keeps no error. Cause one, and call this again.'
          : `No error that is kept begins with ${JSON.stringify(prefix)}. "errors" lists them.`
      throw new Error(silent > 0 ? `${reason} ${silentWorkers(silent)}` : reason)
    }
    frames = (await api.ask('frames', { error: found.id })).frames
    error = found.id
    const live = frames.filter((one) => one.state === 'live')
    current = live.find((one) => one.kind === 'app') ?? live[0]
  }

  function goToFrame(name: string): string {
    const key = name.includes('.') ? name : `0.${name}`
    const found = frames.find((one) => one.frame === key)
    const live = frames.filter((one) => one.state === 'live').map((one) => one.frame)
    if (found?.state !== 'live')
      throw new Error(`Frame ${name} has no console. These have: ${live.join(', ') || 'none'}.`)
    current = found
    return where()
  }

  function step(by: 1 | -1): string {
    const live = frames.filter((one) => one.state === 'live')
    const next = live[live.findIndex((one) => one.frame === current?.frame) + by]
    if (next === undefined) return paint('dim', 'There is no live frame further on.')
    current = next
    return where()
  }

  function where(): string {
    const name = escapeControls(current?.error ?? frames[0]?.error ?? 'the error')
    const id = escapeControls(error.slice(0, 8))
    if (current === undefined) return `${name} (${id}): no frame of it has a console.`
    return `${paint('red', name)} ${paint('dim', id)} in ${paint('bold', escapeControls(current.function))} at ${paint('cyan', place(current, cwd))}`
  }

  /** Whether the frame has the name of a command itself. */
  async function isOwnName(name: string): Promise<boolean> {
    if (current === undefined) return false
    const { value } = await api.ask('locals', { error, frame: current.frame })
    return (value.entries ?? []).some((entry) => entry.key === name)
  }

  async function command(input: string): Promise<LineResult | undefined> {
    const [, name = '', argument] = /^\.?([a-z]+)(?:\s+([\w.-]+))?$/.exec(input.trim()) ?? []
    const isDotted = input.trim().startsWith('.')
    if (!isDotted && argument === undefined && name !== 'help' && PLAIN.has(name) && (await isOwnName(name)))
      return undefined
    if (name === 'quit' || name === 'exit') return argument === undefined ? 'quit' : undefined
    if (name === 'up' && argument === undefined) return { text: step(1) }
    if (name === 'down' && argument === undefined) return { text: step(-1) }
    if (name === 'help' && argument === undefined) return { text: help(paint) }
    if (name === 'frame' && argument !== undefined) return { text: goToFrame(argument) }
    if (name === 'frame') return { text: where() }
    if (name === 'frames' && argument === undefined)
      return { text: drawFrames(frames, current?.frame ?? '', paint, cwd) }
    if (name === 'errors' && argument === undefined)
      return { text: drawErrors(await api.ask('errors', {}), error, paint) }
    if (name === 'error' && argument !== undefined) {
      await goToError(argument)
      return { text: where() }
    }
    if (name !== 'locals' || argument !== undefined) return undefined
    if (current === undefined) return { text: where() }
    return { text: drawLocals(await api.ask('locals', { error, frame: current.frame }), paint) }
  }

  await goToError(id)
  if (frame !== undefined) goToFrame(frame)
  return {
    where,
    prompt: () =>
      `${current === undefined ? 'no frame' : escapeControls(current.function.replace(/^async /, ''))}> `,
    async line(input) {
      if (input.trim() === '') return { text: '' }
      const done = await command(input)
      if (done !== undefined) return done
      if (current === undefined) return { text: where() }
      const answer = await api.ask('evaluate', { error, frame: current.frame, code: input })
      return answer.kind === 'incomplete' ? 'more' : { text: drawAnswer(input, answer, paint) }
    },
    async complete(code, cursor) {
      if (current === undefined) return { from: cursor, items: [] }
      return await api.ask('complete', { error, frame: current.frame, code, cursor })
    },
    async preview(code) {
      if (current === undefined) return undefined
      return (await api.ask('preview', { error, frame: current.frame, code })).value?.text
    },
  }
}

const PLAIN: ReadonlySet<string> = new Set([
  'frames',
  'frame',
  'up',
  'down',
  'locals',
  'errors',
  'error',
  'quit',
  'exit',
])

function help(paint: Paint): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  return [
    ...Object.entries(COMMANDS).map(([name, text]) => `${paint('bold', name.padEnd(width))}  ${text}`),
    'Everything else is JavaScript in the frame itself: it reads and assigns its variables, awaits, imports.',
    `${paint('bold', '_'.padEnd(width))}  the last value; _error the error, req and res the request`,
    'A variable that is called like a command wins; then write .frames, .locals and so on. Tab completes.',
  ].join('\n')
}
