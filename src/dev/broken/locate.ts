/**
 * Finds the place of a syntax error that does not name it: V8 tells where in an ES module it could not go on, but Node
 * writes that to the terminal only. The files loaded last are read again until one cannot be parsed.
 */

import { readFileSync } from 'node:fs'
import { parse } from 'acorn'
import type { Failure } from '../messages.ts'

/** The failure with the place above its stack, as Node writes it for CommonJS. */
export function withPlace(failure: Failure): Failure {
  if (failure.name !== 'SyntaxError' || !failure.stack.startsWith('SyntaxError')) return failure
  for (const file of failure.loaded) {
    const found = /\.[cm]?jsx?$/.test(file) ? brokenPlace(file) : undefined
    if (found === undefined) continue
    const { line, column, text } = found
    const place = `${file}:${line}:${column + 1}\n${text}\n${' '.repeat(column)}^\n\n`
    return { ...failure, stack: place + failure.stack }
  }
  return failure
}

function brokenPlace(file: string): { line: number; column: number; text: string } | undefined {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
    return undefined
  } catch (error) {
    const { loc } = error as { readonly loc?: { readonly line: number; readonly column: number } }
    if (loc === undefined) return undefined
    return { ...loc, text: source.split('\n')[loc.line - 1] ?? '' }
  }
}
