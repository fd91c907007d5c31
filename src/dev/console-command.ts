/** The command `console`: a terminal in a frame of the last error of a running server. */

import { homedir } from 'node:os'
import { join } from 'node:path'
import { painter, useColor } from '../core/ansi.ts'
import { escapeControls } from '../core/escape.ts'
import { parseArguments } from './arguments.ts'
import { chooseServer, serverLines } from './console/choose-server.ts'
import { debuggerApi } from './console/debugger-api.ts'
import { runLines } from './console/lines.ts'
import { CONSOLE_OPTIONS } from './console/options.ts'
import { type ConsoleSession, openSession } from './console/session.ts'
import { runTerminal } from './console/terminal.ts'

/** Opens the console: `[id] [frame]` and options. Answers the exit code: 1 where there is no server, error or frame. */
export async function consoleCommand(args: readonly string[]): Promise<number> {
  const { options, positionals } = parseArguments(args, CONSOLE_OPTIONS)
  if (options.list) {
    for (const line of serverLines()) process.stdout.write(`${escapeControls(line)}\n`)
    return 0
  }
  const [id, frame] = positionals
  const server = chooseServer(options.pid)
  if (server === undefined) return fail(noServer(options.pid))
  const paint = painter(useColor(process.stdout))
  try {
    const session = await openSession(debuggerApi(server), { id, frame, paint, cwd: server.cwd })
    if (options.evaluate !== undefined) return await evaluateOnce(session, options.evaluate)
    const { stdin: input, stdout: output } = process
    const historyFile = join(homedir(), '.rocksolid_console_history')
    if (input.isTTY && output.isTTY) await runTerminal(session, { input, output, paint, historyFile })
    else await runLines(session, input, output)
    return 0
  } catch (error) {
    return fail(`${server.url}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function evaluateOnce(session: ConsoleSession, code: string): Promise<number> {
  const result = await session.line(code)
  if (typeof result === 'string') return result === 'quit' ? 0 : fail('The code is not finished.')
  if (result.text !== '') process.stdout.write(`${result.text}\n`)
  return 0
}

function noServer(pid: number | undefined): string {
  const running = serverLines()
  if (pid === undefined)
    return 'No server with a debugger runs. It must be one of this user, not in production.'
  const others = running.length === 0 ? 'None runs.' : `These run:\n${running.join('\n')}`
  return `No server with a debugger has the pid ${pid}. ${others}`
}

function fail(message: string): number {
  process.stderr.write(`rocksolid console: ${message.split('\n').map(escapeControls).join('\n')}\n`)
  return 1
}
