/**
 * What the application prints, heard while it goes on to the terminal in real time: `console.*` and
 * `process.stdout`/`stderr.write`. Patched once per process, for all who listen, and put back with the last of them.
 * What native code or a child process writes to the descriptors themselves is out of reach.
 */

import { StringDecoder } from 'node:string_decoder'
import { format } from 'node:util'
import { type ConsoleCall, type ConsoleMethod, layerConsole } from '../core/console-calls.ts'
import { isOwnOutput } from '../core/own-output.ts'
import { listenersTo, shared } from '../core/shared.ts'
import { isInSink } from '../core/sink-scope.ts'
import { hearWrites, type StandardStream } from '../core/stream-writes.ts'
import { callSite } from './call-site.ts'

/** Something that was printed. */
export interface Print {
  /** Without the last line end. */
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
  /** The method of `console`, or `write`. */
  readonly method: ConsoleMethod | 'write'
  /** `file:line`, when known. */
  readonly source: string | undefined
}

export type PrintListener = (print: Print) => void

/** Longest part of a line, in UTF-16 units, that waits for its end; more is given out as it is. */
const MAX_PARTIAL = 65_536

interface Shared {
  /** Texts written by the console call that is running now. */
  call: string[] | undefined
  /** True while listeners run. */
  isTelling: boolean
  readonly partial: Record<'stdout' | 'stderr', PartialLine>
}

interface PartialLine {
  text: string
  source: string | undefined
  readonly decoder: StringDecoder
}

const state = shared<Shared>('logger-capture', () => ({
  call: undefined,
  isTelling: false,
  partial: { stdout: noLine(), stderr: noLine() },
}))

const listeners = listenersTo<PrintListener>('logger-capture', patch)

/** Hears of every print from now on; gives back the function that ends it and puts the originals back. */
export const capturePrints = listeners.add

/** Gives out parts of lines that wait for their end. */
export function flushPartialPrints(): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const line = state.partial[stream]
    line.text += line.decoder.end()
    if (line.text !== '') tell({ text: line.text, stream, method: 'write', source: line.source })
    line.text = ''
  }
}

function patch(): () => void {
  const undo = [hearWrites(hearWrite), layerConsole('behind', hearCall)]
  process.on('exit', flushPartialPrints)
  return () => {
    flushPartialPrints()
    process.off('exit', flushPartialPrints)
    for (const one of undo) one()
  }
}

function hearWrite(
  stream: StandardStream,
  chunk: unknown,
  encoding: unknown,
  write: (...args: never[]) => unknown,
): void {
  if (listeners.all.size === 0 || state.isTelling || isInSink() || isOwnOutput()) return
  const line = state.partial[stream]
  const text = textOf(chunk, encoding, line.decoder)
  if (state.call !== undefined) {
    state.call.push(text)
    return
  }
  if (line.text === '') line.source = callSite(write)
  const lines = (line.text + text).split('\n')
  line.text = lines.pop() ?? ''
  for (const one of lines) tell({ text: one, stream, method: 'write', source: line.source })
  if (line.text.length <= MAX_PARTIAL) return
  tell({ text: line.text, stream, method: 'write', source: line.source })
  line.text = ''
}

function textOf(chunk: unknown, encoding: unknown, decoder: StringDecoder): string {
  if (typeof chunk === 'string') {
    return encoding === 'hex' || encoding === 'base64' ? Buffer.from(chunk, encoding).toString('utf8') : chunk
  }
  return ArrayBuffer.isView(chunk)
    ? decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    : ''
}

function hearCall({ method, args, top }: ConsoleCall, show: () => void): void {
  if (listeners.all.size === 0 || state.call !== undefined || state.isTelling || isInSink()) {
    show()
    return
  }
  const written: string[] = []
  state.call = written
  try {
    show()
  } finally {
    state.call = undefined
  }
  // A console that writes elsewhere than to stdout and stderr (an inspector, a test runner) is heard all the same.
  const text = written.length > 0 ? written.join('') : silent(method, args) ? '' : format(...args)
  if (text !== '')
    tell({ text: text.replace(/\n$/, ''), stream: streamOf(method), method, source: callSite(top) })
}

/** Calls that may rightly write nothing. */
function silent(method: ConsoleMethod, args: readonly unknown[]): boolean {
  return method === 'assert' || args.length === 0
}

function streamOf(method: ConsoleMethod): 'stdout' | 'stderr' {
  return method === 'warn' || method === 'error' || method === 'trace' || method === 'assert'
    ? 'stderr'
    : 'stdout'
}

/** Tells all listeners; what they print meanwhile is shown, but told to nobody. */
function tell(print: Print): void {
  state.isTelling = true
  try {
    for (const listener of listeners.all) {
      try {
        listener(print)
      } catch {
        // A listener's failure is not the failure of whoever printed.
      }
    }
  } finally {
    state.isTelling = false
  }
}

function noLine(): PartialLine {
  return { text: '', source: undefined, decoder: new StringDecoder('utf8') }
}
