/** Starts a serving process: what it inherits, what it is told, and where what it prints goes. */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { type Ink, painter, useColor } from '../../core/ansi.ts'
import { escapeControls } from '../../core/escape.ts'
import { CHILD_VARIABLE, type ChildStart } from '../messages.ts'
import type { LineStream } from './lines.ts'
import type { Label, Launch } from './process-launch.ts'
import type { HeldHandle } from './sockets.ts'

/** The descriptor behind stdin, stdout, stderr and the IPC channel. */
export const FIRST_FD = 4

const INKS: readonly Ink[] = ['cyan', 'magenta', 'green', 'yellow', 'blue']
/** A line that is longer is passed on in pieces. */
const MAX_LINE = 64 * 1024
/** How long the last lines of a process that has ended are waited for. */
const LAST_LINES_MS = 200

/** Starts it. With a label its lines are named; then it has no terminal of its own. */
export function spawnServer(launch: Launch, start: ChildStart, held: readonly HeldHandle[]): ChildProcess {
  const { label } = launch
  const isTerminal = label !== undefined && process.stdout.isTTY === true
  const output = label === undefined ? 'inherit' : 'pipe'
  const child = spawn(launch.command, launch.args, {
    cwd: launch.cwd,
    env: {
      ...(isTerminal ? { FORCE_COLOR: '1' } : {}),
      ...launch.env,
      [CHILD_VARIABLE]: JSON.stringify({ ...start, isTerminal }),
      ...(launch.reportFiles ? { WATCH_REPORT_DEPENDENCIES: '1' } : {}),
    },
    stdio: ['inherit', output, output, 'ipc', ...held.map(({ fd }) => fd)],
  })
  if (label !== undefined) {
    passOn(child.stdout, process.stdout, label)
    passOn(child.stderr, process.stderr, label)
  }
  return child
}

/** Calls `then` when it has ended and its last lines have been passed on; what it left behind may hold them open. */
export function onceOver(
  child: ChildProcess,
  then: (code: number | null, signal: NodeJS.Signals | null) => void,
): void {
  child.once('exit', (code, signal) => {
    const { stdout } = child
    if (stdout === null || stdout.closed) {
      then(code, signal)
      return
    }
    const timer = setTimeout(() => stdout.destroy(), LAST_LINES_MS)
    stdout.once('close', () => {
      clearTimeout(timer)
      then(code, signal)
    })
  })
}

/** Whole lines, each behind the name; what stands without an end of line when the stream ends gets one. */
function passOn(from: Readable | null, to: LineStream, { name, index }: Label): void {
  const paint = painter(useColor(to))
  const prefix = paint(INKS[index % INKS.length] ?? 'cyan', `${escapeControls(name)} │ `)
  let rest = ''
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) to.write(lines.map((line) => `${prefix}${line}\n`).join(''))
  }
  from?.setEncoding('utf8')
  from?.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    write(lines)
    if (rest.length <= MAX_LINE) return
    write([rest])
    rest = ''
  })
  from?.on('end', () => write(rest === '' ? [] : [rest]))
  from?.on('error', () => {})
}
