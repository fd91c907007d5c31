/** Finds the place of a syntax error that does not name it: the files loaded last are read until one cannot be parsed. */

import { readFile } from 'node:fs/promises'
import { type BrokenPlace, brokenPlace } from '../../stack/broken-code.ts'
import type { Failure } from '../messages.ts'

/** The failure with the place above its stack, as Node writes it for CommonJS. */
export async function withPlace(failure: Failure): Promise<Failure> {
  if (failure.name !== 'SyntaxError' || !failure.stack.startsWith('SyntaxError')) return failure
  for (const file of failure.loaded) {
    const found = /\.[cm]?jsx?$/.test(file) ? await placeIn(file) : undefined
    if (found === undefined) continue
    const { line, column, text } = found
    const place = `${file}:${line}:${column + 1}\n${text}\n${' '.repeat(column)}^\n\n`
    return { ...failure, stack: place + failure.stack }
  }
  return failure
}

async function placeIn(file: string): Promise<BrokenPlace | undefined> {
  try {
    return await brokenPlace(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
