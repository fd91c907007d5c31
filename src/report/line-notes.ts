/**
 * What the names on a failing line held, for texts that are written at once: a log record cannot wait for a report.
 * Told by whoever has captured the frames of an error, asked by whoever writes it; neither knows the other.
 */

import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { readErrorField, readStack } from '../core/read.ts'
import { shared } from '../core/shared.ts'
import { readFrameLine } from '../stack/frame-line.ts'
import { stackLines } from '../stack/stack-lines.ts'
import { type Lookup, lineValues } from './line-values.ts'
import { valueRows } from './value-rows.ts'

/** A frame whose names can still be read. */
export interface KnownFrame {
  /** Path of the code that runs. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly lookUp: Lookup
}

/** What is known of an error's frames, nearest first, and how to read names without hanging. */
export interface KnownFrames {
  readonly frames: readonly KnownFrame[]
  readonly limited: (run: () => void) => void
}

/** To stand below one frame line of a stack. */
export interface LineNote {
  /** The frame line, without `at`. */
  readonly frame: string
  /** The failing line and the values below its names. */
  readonly rows: readonly string[]
}

type Teller = (error: unknown) => KnownFrames | undefined

const tellers = shared('line-notes', () => new Set<Teller>())

/** Frame lines looked at, largest file read, and columns of a row. */
const MAX_FRAMES = 20
const MAX_FILE = 1024 * 1024
const WIDTH = 110
const CODE = /^\.[cm]?[jt]sx?$/

/** Tells of errors' frames from now on; gives back the function that ends it. */
export function tellFrames(teller: Teller): () => void {
  tellers.add(teller)
  return () => void tellers.delete(teller)
}

/** The note for the nearest frame whose names are known; undefined for nearly all errors. Never throws. */
export function lineNote(error: unknown): LineNote | undefined {
  if (tellers.size === 0) return undefined
  try {
    for (const teller of tellers) {
      const known = teller(error)
      const note = known === undefined ? undefined : noteOf(error, known)
      if (note !== undefined) return note
    }
  } catch {
    // The error is shown without.
  }
  return undefined
}

function noteOf(error: unknown, { frames, limited }: KnownFrames): LineNote | undefined {
  const name = readErrorField(error as object, 'name')
  const message = readErrorField(error as object, 'message')
  const { lines } = stackLines(readStack(error) ?? '', {
    name: typeof name === 'string' ? name : undefined,
    message: typeof message === 'string' ? message : undefined,
  })
  for (const frame of lines.slice(0, MAX_FRAMES)) {
    const { file, line } = readFrameLine(frame)
    // Only a place where code really ran is read from: a stack is a text that anybody may have written.
    const known = frames.find((one) => one.file === file && one.line === line)
    if (known === undefined) continue
    const code = lineOf(known)
    if (code === undefined) return undefined
    let rows: readonly string[] = []
    limited(() => {
      rows = valueRows(code, lineValues(code, known.lookUp), WIDTH)
    })
    return rows.length === 0 ? undefined : { frame, rows: [code.replaceAll('\t', '  '), ...rows] }
  }
  return undefined
}

function lineOf({ file, line }: KnownFrame): string | undefined {
  if (!CODE.test(extname(file)) || statSync(file).size > MAX_FILE) return undefined
  const text = readFileSync(file, 'utf8').split(/\r?\n/)[line - 1]
  return text === undefined || text.trim() === '' || text.length > WIDTH ? undefined : text
}
