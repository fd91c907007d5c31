/** Tells the parent of the error the process is about to die of, so that it can be shown where the application was. */

import { type EventEmitter, errorMonitor } from 'node:events'
import { inspect } from 'node:util'
import { isNativeError } from 'node:util/types'
import { readErrorField, readStack, readString, readValue } from '../../core/read.ts'
import type { Failure } from '../messages.ts'
import type { Channel } from './channel.ts'

const MAX_TEXT = 8000
const MAX_CAUSES = 5
export const MAX_LOADED = 50

/** Reports each uncaught error; the process ends of it, or not, exactly as it would have. */
export function reportFailures(channel: Channel, wasListening: () => boolean): void {
  process.on('uncaughtExceptionMonitor', (error) => reportFailure(channel, error, wasListening()))
}

/**
 * Reports that a server may not listen, also where the application takes notice and ends without a word: it is what
 * the end has come of, unless something else listens later.
 */
export function reportRefusal(channel: Channel, server: EventEmitter): void {
  server.on(errorMonitor, (error: unknown) => {
    if (readString(error, 'syscall') === 'listen') reportFailure(channel, error, false)
  })
}

function reportFailure(channel: Channel, error: unknown, wasListening: boolean): void {
  channel.send({ rocksolid: 'failed', failure: toFailure(error, wasListening, 0) })
}

function toFailure(error: unknown, wasListening: boolean, depth: number): Failure {
  const name = text(readErrorField(error, 'name')) || 'Error'
  const isObject = typeof error === 'object' && error !== null
  const message = isObject ? messageOf(error) : String(error).slice(0, MAX_TEXT)
  const code = readString(error, 'code')
  const url = readString(error, 'url')
  const cause = readValue(error, 'cause')
  // Not errors of JavaScript: what they say stands behind getters of Bun's own.
  const bun = name === 'BuildMessage' ? bunMessage(error) : undefined
  return {
    name: bun === undefined ? name : 'SyntaxError',
    message: bun?.message ?? message,
    stack: bun?.stack ?? text(readStack(error)),
    ...(code === undefined ? {} : { code: code.slice(0, 200) }),
    ...(url === undefined ? {} : { url: url.slice(0, 2000) }),
    ...(cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: toFailure(cause, wasListening, depth + 1) }),
    wasListening,
    loaded: [],
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '').slice(0, MAX_TEXT)

/** What is thrown need not be an error; then it is shown as it is, without running anything of its own. */
function messageOf(thrown: object): string {
  const message = text(readErrorField(thrown, 'message'))
  if (message !== '' || isNativeError(thrown)) return message
  return inspect(thrown, { depth: 1, customInspect: false, getters: false, breakLength: 200 }).slice(
    0,
    MAX_TEXT,
  )
}

/** Where Bun could not read a file, as Node writes it above the stack. */
function bunMessage(error: unknown): { readonly message: string; readonly stack: string } | undefined {
  try {
    const { message, position } = error as {
      readonly message: string
      readonly position: {
        readonly file: string
        readonly line: number
        readonly column: number
        readonly lineText: string
      }
    }
    const { file, line, column, lineText } = position
    const mark = `${' '.repeat(Math.min(200, Math.max(0, column - 1)))}^`
    const place = `${file}:${line}\n${lineText.slice(0, 500)}\n${mark}\n\n`
    return {
      message: message.slice(0, MAX_TEXT),
      stack: `${place}SyntaxError: ${message}`.slice(0, MAX_TEXT),
    }
  } catch {
    return undefined
  }
}

/** The failure with what else its parent knows of it. */
export function withLoaded(failure: Failure, loaded: readonly string[]): Failure {
  return { ...failure, loaded: [...loaded].reverse() }
}
