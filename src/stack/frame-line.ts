/**
 * Reads one line of a stack, as V8 and the engines that follow it write it. Works from the line's ends inwards, so
 * that parentheses and spaces in paths do no harm.
 */

import { fileURLToPath } from 'node:url'

/** A frame line, taken apart; positions count from 1. */
export interface FrameLine {
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly functionName: string | undefined
  readonly isAsync: boolean
  readonly isConstructor: boolean
  /** For code made by `eval` or `new Function`: where that was called. */
  readonly evalHost: string | undefined
}

/** Reads a line that has lost its `at`. Never throws. */
export function readFrameLine(text: string): FrameLine {
  const isAsync = text.startsWith('async ')
  let rest = isAsync ? text.slice(6) : text
  const isConstructor = rest.startsWith('new ')
  if (isConstructor) rest = rest.slice(4)
  const open = rest.endsWith(')') ? rest.indexOf(' (') : -1
  const place = open < 0 ? rest : rest.slice(open + 2, -1)
  const name = open < 0 ? undefined : rest.slice(0, open)
  if (open < 0 && !isPlace(place)) {
    return { ...NOWHERE, functionName: functionName(rest), isAsync, isConstructor }
  }
  return { ...readPlace(place), functionName: functionName(name), isAsync, isConstructor }
}

const NOWHERE = { file: undefined, line: undefined, column: undefined, evalHost: undefined }

type Place = Pick<FrameLine, 'file' | 'line' | 'column' | 'evalHost'>

const isPlace = (text: string): boolean =>
  /:\d{1,9}$/.test(text) || text === 'native' || text === '<anonymous>'

/** Reads `path:line:column`, `eval at f (…), <anonymous>:1:1`, `native`, `index 0`. */
export function readPlace(text: string): Place {
  if (text.startsWith('eval at ')) {
    const host = /\(((?:file:\/\/)?[^()]{1,900}:\d{1,9}:\d{1,9})\)/.exec(text)?.[1]
    const position = splitPosition(text)
    return { file: undefined, line: position.line, column: position.column, evalHost: host }
  }
  const { path, line, column } = splitPosition(text)
  const file = toFile(path)
  if (file === undefined && line === undefined) return NOWHERE
  return { file, line, column, evalHost: undefined }
}

/** `path:3:14` or `path:3`, read from its end. */
function splitPosition(text: string): { path: string; line: number | undefined; column: number | undefined } {
  const last = numberAtEnd(text)
  if (last === undefined) return { path: text, line: undefined, column: undefined }
  const before = numberAtEnd(last.rest)
  if (before === undefined) return { path: last.rest, line: last.number, column: undefined }
  return { path: before.rest, line: before.number, column: last.number }
}

function numberAtEnd(text: string): { rest: string; number: number } | undefined {
  const colon = text.lastIndexOf(':')
  const digits = text.slice(colon + 1)
  if (colon < 1 || !/^\d{1,9}$/.test(digits)) return undefined
  return { rest: text.slice(0, colon), number: Number(digits) }
}

/** An absolute path or a `node:` name; undefined for everything that is no file of this machine. */
export function toFile(path: string): string | undefined {
  if (path.startsWith('node:')) return path
  if (path.startsWith('file:///')) {
    try {
      const file = fileURLToPath(path)
      return /^[\\/]{2}/.test(file) ? undefined : file
    } catch {
      return undefined
    }
  }
  // Two separators of either kind begin a network path on Windows: looking at one tells its host who is asking.
  if (/^\/(?![\\/])/.test(path)) return path
  return /^[A-Za-z]:[\\/]/.test(path) ? path : undefined
}

/** A name as shown; undefined for code without one. */
function functionName(name: string | undefined): string | undefined {
  if (name === undefined || name === '' || name === '<anonymous>') return undefined
  return name
}
