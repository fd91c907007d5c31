/** The terminal around a console session: Node's own line editor with history, search, completion and several lines. */

import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import { type REPLServer, Recoverable, start } from 'node:repl'
import type { Readable, Writable } from 'node:stream'
import { type Paint, stripAnsi } from '../../core/ansi.ts'
import { escapeControls } from '../../core/escape.ts'
import { answer } from './lines.ts'
import type { ConsoleSession } from './session.ts'

/** Where the terminal is. */
export interface TerminalStreams {
  readonly input: Readable
  readonly output: Writable & { readonly columns?: number }
  readonly paint: Paint
  /** Where inputs are kept from one console to the next; undefined keeps none. */
  readonly historyFile: string | undefined
}

/** Milliseconds of rest after a key until a preview is asked for. */
const REST_MS = 150

/** Reads and answers until the user leaves or the input ends. */
export async function runTerminal(session: ConsoleSession, streams: TerminalStreams): Promise<void> {
  const { input, output, paint, historyFile } = streams
  output.write(`${session.where()}\n${paint('dim', 'help tells what there is.')}\n`)
  const repl = start({
    input,
    output,
    terminal: true,
    prompt: session.prompt(),
    preview: false,
    ignoreUndefined: true,
    useColors: false,
    eval: (code, _context, _file, done) => {
      void answer(session, code.replace(/\n$/, ''), output).then((result) => {
        if (result === 'more') return done(new Recoverable(new SyntaxError('more')), undefined)
        repl.setPrompt(session.prompt())
        if (result === 'quit') repl.close()
        else done(null, undefined)
      })
    },
    completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
      void completions(session, line).then((found) => done(null, found))
    },
  })
  const ended = new Promise<void>((resolve) => void repl.once('exit', resolve))
  ownCommands(repl, session, output)
  showPreviews(repl, session, streams)
  if (historyFile !== undefined) {
    await new Promise<void>((resolve) => repl.setupHistory(historyFile, () => resolve()))
  }
  await ended
}

/** `.frames` and the like, beside Node's `.break`, `.editor`, `.exit`, `.save`; its `.load` would run line by line. */
function ownCommands(repl: REPLServer, session: ConsoleSession, output: Writable): void {
  for (const name of ['frames', 'frame', 'up', 'down', 'locals', 'errors', 'error'] as const) {
    repl.defineCommand(name, {
      help: 'the same as without the dot',
      action(argument) {
        void answer(session, `.${name} ${argument}`.trim(), output).then(() => {
          this.setPrompt(session.prompt())
          this.displayPrompt()
        })
      },
    })
  }
}

async function completions(session: ConsoleSession, line: string): Promise<[string[], string]> {
  try {
    const { from, items } = await session.complete(line, line.length)
    return [items.map(escapeControls), line.slice(from)]
  } catch {
    return [[], line]
  }
}

/** Below the line, dim: what it is worth so far. Taken away with the next key. */
function showPreviews(
  repl: REPLServer,
  session: ConsoleSession,
  { input, output, paint }: TerminalStreams,
): void {
  let timer: NodeJS.Timeout | undefined
  let isShown = false
  async function look(): Promise<void> {
    const { line } = repl
    const text = await session.preview(line).catch(() => undefined)
    if (text === undefined || repl.line !== line || repl.cursor !== line.length) return
    const columns = output.columns ?? 80
    const shown = escapeControls(stripAnsi(text)).slice(0, columns - 1)
    const { cols } = repl.getCursorPos()
    output.write(`\n${paint('dim', shown)}`)
    moveCursor(output, 0, -1)
    cursorTo(output, cols)
    isShown = true
  }
  input.on('keypress', () => {
    clearTimeout(timer)
    if (isShown) clearScreenDown(output)
    isShown = false
    if (repl.line.trim() !== '') timer = setTimeout(() => void look(), REST_MS)
  })
  repl.once('exit', () => clearTimeout(timer))
}
