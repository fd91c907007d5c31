/**
 * The frames of any error: finds the frame lines of its stack, reads them, maps them to their original source and
 * tells whose code each is. The reading is done by the stack-trace package where it is right; a reader of our own
 * checks it and stands in where it is not.
 */

import type { StackTraceFrame } from 'stack-trace'
import { BoundedMap } from '../core/bounded-map.ts'
import { laterModule } from '../core/later-module.ts'
import { readErrorField, readStack } from '../core/read.ts'
import { shared } from '../core/shared.ts'
import { notedPlace } from './broken-code.ts'
import { classify } from './classify.ts'
import type { Frame } from './frame.ts'
import { type FrameLine, readFrameLine, readPlace, toFile } from './frame-line.ts'
import { originalPlace } from './source-map.ts'
import { stackLines } from './stack-lines.ts'

/**
 * The frames of the error, innermost first; empty when it has no stack of text. At most 400 frames of the first
 * 64 kB; time is bounded whatever the stack holds. Never rejects.
 */
export async function framesOf(error: unknown): Promise<readonly Frame[]> {
  try {
    const stack = readStack(error)
    return stack === undefined ? [] : await parse(stack, error)
  } catch {
    return []
  }
}

async function parse(stack: string, error: unknown): Promise<readonly Frame[]> {
  const name = readErrorField(error, 'name')
  const message = readErrorField(error, 'message')
  const { lines, location } = stackLines(stack, {
    name: typeof name === 'string' ? name : undefined,
    message: typeof message === 'string' ? message : undefined,
  })
  const frames = framesFor(lines)
  const broken = location ?? notedPlace(error)
  if (broken === undefined) return frames
  const top = { ...readPlace(broken), functionName: '(module)', isAsync: false, isConstructor: false }
  return [toFrame(top, broken), ...frames]
}

/**
 * Frames by line of a stack, at most 1000 and for a minute, as long as source maps are kept: errors of one place
 * share most of their lines.
 */
const known = shared(
  'stack.frames',
  () => new BoundedMap<string, Frame>({ maxEntries: 1000, maxAgeMs: 60_000 }),
)

function framesFor(lines: readonly string[]): readonly Frame[] {
  const found = lines.map((line) => known.get(line))
  const unknown = lines.filter((_line, index) => found[index] === undefined)
  if (unknown.length === 0) return found as readonly Frame[]
  const library = readWithLibrary(unknown)
  const made = unknown.map((line, index) =>
    toFrame(trusted(line, library[index]) ?? readFrameLine(line), line),
  )
  for (const frame of made) known.set(frame.raw, frame)
  return found.map((frame) => frame ?? (made.shift() as Frame))
}

const laterLibrary = laterModule('stack.library', () => import('stack-trace'))

/** Nothing before the library is loaded: it is not waited for. */
function readWithLibrary(lines: readonly string[]): readonly (StackTraceFrame | undefined)[] {
  try {
    const parseStack = laterLibrary.loaded()?.parse
    if (parseStack === undefined) return []
    // One line at a time: a line that it drops would shift all others. The lines are short and hold no runs of
    // blanks, in which its expression is quadratic.
    return lines.map((line) => parseStack({ stack: `Error\n    at ${withoutMarks(line)}` })[0])
  } catch {
    return []
  }
}

const withoutMarks = (line: string): string => line.replace(/^async /, '').replace(/^new /, '')

/**
 * The library's reading, when writing it down again gives the very line; it misreads parentheses in paths, code
 * made by `eval` and names with blanks, and those go to the reader of our own.
 */
function trusted(raw: string, library: StackTraceFrame | undefined): FrameLine | undefined {
  if (library?.fileName == null || library.lineNumber === null || library.columnNumber === null)
    return undefined
  const { fileName, lineNumber, columnNumber, functionName } = library
  const place = `${fileName}:${lineNumber}:${columnNumber}`
  const line = withoutMarks(raw)
  if (line !== (functionName === null ? place : `${functionName} (${place})`)) return undefined
  const file = toFile(fileName)
  if (file === undefined) return undefined
  return {
    file,
    line: lineNumber,
    column: columnNumber,
    functionName: functionName === null || functionName === '<anonymous>' ? undefined : functionName,
    isAsync: raw.startsWith('async '),
    isConstructor: /^(?:async )?new /.test(raw),
    evalHost: undefined,
  }
}

function toFrame(line: FrameLine, raw: string): Frame {
  const host = line.evalHost === undefined ? undefined : readPlace(line.evalHost)
  const owner = classify(line.file ?? host?.file)
  const frame: Frame = {
    file: line.file,
    line: line.line,
    column: line.column,
    functionName: line.functionName,
    isAsync: line.isAsync,
    isConstructor: line.isConstructor,
    kind: owner.kind,
    package: owner.package,
    compiled: undefined,
    raw,
  }
  return owner.kind === 'app' ? mapped(frame) : frame
}

function mapped(frame: Frame): Frame {
  const { file, line, column } = frame
  if (runtimeMaps() || file === undefined || line === undefined || column === undefined) return frame
  const original = originalPlace(file, line, column)
  if (original === undefined) return frame
  return { ...frame, ...original, compiled: { file, line, column } }
}

const runtimeMaps = (): boolean => (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true
