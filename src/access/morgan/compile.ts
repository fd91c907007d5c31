/** Compiles morgan's format strings into functions, without generating code. */

import type { Report } from '../reporter.ts'
import type { Morgan, MorganFormatFunction, MorganRequest, MorganResponse } from './interface.ts'

const TOKEN = /:([-\w]{2,})(?:\[([^\]]+)\])?/g

/** @throws {TypeError} when `format` is no string, with morgan's message */
export function compileTokens(format: string, report: Report): MorganFormatFunction {
  if (typeof format !== 'string') throw new TypeError('argument format must be a string')
  const parts: ((tokens: Morgan, req: MorganRequest, res: MorganResponse) => string)[] = []
  let from = 0
  for (const match of format.matchAll(TOKEN)) {
    const [whole, name = '', argument] = match
    const text = format.slice(from, match.index)
    if (text !== '') parts.push(() => text)
    parts.push((tokens, req, res) =>
      tokenText(tokens, name, argument === undefined ? [req, res] : [req, res, argument], report),
    )
    from = match.index + whole.length
  }
  const rest = format.slice(from)
  if (rest !== '') parts.push(() => rest)
  return (tokens, req, res) => {
    let line = ''
    for (const part of parts) line += part(tokens, req, res)
    return line
  }
}

function tokenText(tokens: Morgan, name: string, given: readonly unknown[], report: Report): string {
  const read: unknown = tokens[name]
  // A token may be defined after the format was compiled, so only now is it known to be missing.
  if (typeof read !== 'function') {
    report(`the token ":${name}"`, new Error('no such token is defined'))
    return '-'
  }
  return String(read.apply(tokens, given) || '-')
}
