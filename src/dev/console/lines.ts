/** A console session whose input is no terminal: a file, a pipe, another program. One input after the other, no prompt. */

import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { escapeControls } from '../../core/escape.ts'
import type { ConsoleSession } from './session.ts'

/** Reads and answers until `quit` or the end of the input. */
export async function runLines(session: ConsoleSession, input: Readable, output: Writable): Promise<void> {
  output.write(`${session.where()}\n`)
  let begun = ''
  for await (const line of createInterface({ input })) {
    const code = begun === '' ? line : `${begun}\n${line}`
    const result = await answer(session, code, output)
    if (result === 'quit') return
    begun = result === 'more' ? code : ''
  }
  if (begun !== '') output.write('SyntaxError: The input is not finished.\n')
}

/** Prints what became of an input; what the server refuses is told as it is. */
export async function answer(
  session: ConsoleSession,
  input: string,
  output: Writable,
): Promise<'more' | 'quit' | 'done'> {
  try {
    const result = await session.line(input)
    if (typeof result === 'string') return result
    if (result.text !== '') output.write(`${result.text}\n`)
  } catch (error) {
    output.write(`${escapeControls(error instanceof Error ? error.message : String(error))}\n`)
  }
  return 'done'
}
