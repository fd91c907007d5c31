/** The text of an error that console code threw: the frames of the console's own machinery are left out. */

import { maskText } from '../../inspect/redact.ts'

const MAX_LENGTH = 4000

/** `name: message` and the frames of typed code; never throws, runs no getter of an object that is no error. */
export function tracebackOf(error: unknown): string {
  try {
    if (!(error instanceof Error))
      return `Thrown: ${typeof error === 'object' ? 'an object' : maskText(String(error))}`
    const stack = typeof error.stack === 'string' ? error.stack : `${error.name}: ${error.message}`
    const shown: string[] = []
    for (const line of stack.slice(0, MAX_LENGTH * 4).split('\n')) {
      const typed = typedFrame(line)
      if (typed?.line === 0) break
      shown.push(typed === undefined ? line : `    at ${typed.name} (line ${typed.line}:${typed.column})`)
    }
    return maskText(shown.join('\n')).slice(0, MAX_LENGTH)
  } catch {
    return 'The thrown value cannot be shown.'
  }
}

interface TypedFrame {
  readonly name: string
  /** From 1; 0 is the line that hands over the scope (console/rewrite-input), below which all is machinery. */
  readonly line: number
  readonly column: string
}

/** Typed code is an eval inside evals; only the innermost position means something to who typed it. */
function typedFrame(line: string): TypedFrame | undefined {
  if (!/^ {4}at .{0,200}\beval at\b/.test(line)) return undefined
  const position = /<anonymous>:(\d+):(\d+)\)*$/.exec(line)
  if (position === null) return undefined
  const name = /^ {4}at (?:async )?(\S+) \(eval at/.exec(line)?.[1] ?? 'eval'
  return {
    name: name === 'eval' ? 'console' : name,
    line: Number(position[1]) - 1,
    column: position[2] ?? '',
  }
}
