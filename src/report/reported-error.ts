/** Turns one thrown value of the chain into what the report says of it. */

import { types } from 'node:util'
import {
  classNameOf,
  isErrorLike,
  isReadable,
  readErrorField,
  readOwn,
  readStack,
  readString,
} from '../core/read.ts'
import { shared } from '../core/shared.ts'
import { describe } from '../inspect/describe.ts'
import type { DescriptionEntry } from '../inspect/description.ts'
import { maskCode, maskText } from '../inspect/redact.ts'
import type { Frame } from '../stack/frame.ts'
import { framesOf } from '../stack/parse-error.ts'
import { type ExcerptMemo, readExcerpt, type SourceExcerpt } from '../stack/source.ts'
import type { Link } from './error-chain.ts'
import type { ReportedError, ReportFrame } from './report.ts'

/** Most frames of one error. */
const MAX_FRAMES = 100
/** Most characters of a message. */
const MAX_MESSAGE = 16_384
/** Most characters of a stack. */
const MAX_STACK = 32_768

/** What is left to spend on the whole report. */
export interface Budget {
  /** Excerpts of source still to be read. */
  excerpts: number
  readonly roots: readonly string[] | undefined
  readonly valuesOf: ValuesOf | undefined
  readonly throwOf: ThrowOf | undefined
  readonly memo: ExcerptMemo
}

/** A frame and its failing line. */
export interface FailingLine {
  readonly frame: Frame
  readonly line: string
}

/** Gives the values of the names on failing lines of an error, all at once; undefined for a line it knows none of. */
export type ValuesOf = (
  error: unknown,
  lines: readonly FailingLine[],
) => readonly (readonly DescriptionEntry[] | undefined)[]

/** What is known of a throw beside the error: the frames of one that carries no stack, and where it was thrown again. */
export interface KnownThrow {
  readonly frames: readonly Frame[]
  readonly rethrows: readonly Frame[]
}

export type ThrowOf = (error: unknown) => KnownThrow | undefined

/** Never rejects. */
export async function reportedError(link: Link, budget: Budget): Promise<ReportedError> {
  const { value, relation, parent, member } = link
  const isError = isErrorLike(value)
  const known = budget.throwOf?.(value)
  const own = await framesOf(value)
  const all = (own.length === 0 ? (known?.frames ?? []) : own).filter((frame) => frame.kind !== 'rocksolid')
  const shown = all.slice(0, MAX_FRAMES)
  const code = isReadable(value) ? readErrorField(value, 'code') : undefined
  // A DOMException has a number too, which nobody knows it by.
  const isOwnNumber = typeof code === 'number' && readOwn(value, 'code').found === 'value'
  const hasCode = (typeof code === 'string' && code !== '') || isOwnNumber
  return {
    relation,
    parent,
    member,
    name: maskText(nameOf(value)),
    message: cap(maskText(cap(messageOf(value), MAX_MESSAGE)), MAX_MESSAGE),
    code: hasCode ? cap(maskText(String(code).slice(0, MAX_MESSAGE)), 100) : undefined,
    isError,
    properties: propertiesOf(value),
    frames: withValues(value, shown, budget),
    moreFrames: all.length - shown.length,
    ...(known === undefined || known.rethrows.length === 0 ? {} : { rethrows: known.rethrows }),
    stack: cap(all.map((frame) => `at ${maskedFrame(frame).raw}`).join('\n'), MAX_STACK),
  }
}

const cap = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text

/** What to call the thrown value: an error's name, or for anything else what it is. */
export function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object' && typeof value !== 'function') return typeof value
  if (!isReadable(value)) return 'Proxy'
  const className = classNameOf(value)
  if (!isErrorLike(value)) return cap(readName(value) ?? className ?? 'object', 100)
  // A class that sets no name of its own inherits `Error`; its own name says more.
  const name = readErrorField(value, 'name')
  const given = typeof name === 'string' && name.trim() !== '' ? name : undefined
  return cap((given === 'Error' || given === undefined ? (className ?? given) : given) ?? 'Error', 100)
}

/** A plain object that looks like an error is called by its own name. */
function readName(value: object): string | undefined {
  if (readString(value, 'message') === undefined || typeof value === 'function') return undefined
  const name = readString(value, 'name')
  return name === undefined || name.trim() === '' ? undefined : name
}

function messageOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!isReadable(value)) return describe(value).text
  const message = readErrorField(value, 'message')
  if (typeof message === 'string') return message
  if (message !== undefined) return describe(message).text
  if (!isErrorLike(value)) return describe(value).text
  return messageFromStack(value)
}

/** For an error whose message cannot be read without running its code: the first line of its stack. */
function messageFromStack(value: object): string {
  const first = (readStack(value) ?? '').slice(0, MAX_MESSAGE).split('\n', 1)[0] ?? ''
  const colon = first.indexOf(': ')
  return /^\s*at /.test(first) || colon < 0 ? '' : first.slice(colon + 2)
}

const SHOWN_ELSEWHERE = new Set(['stack', 'message', 'name', 'code', 'cause'])
const LIMITS = { depth: 3, width: 40, nodes: 300, time: 25 }

function propertiesOf(value: unknown): readonly DescriptionEntry[] {
  if (!isReadable(value)) return []
  if (isBare(value)) return []
  const isMember = isErrorLike(value)
  const entries = describe(value, LIMITS).entries ?? []
  const name = readErrorField(value, 'name')
  return entries.filter(({ key, kind }) => {
    if (key === 'Symbol(Symbol.toStringTag)') return false
    if (!isMember || kind !== 'property') return true
    if (SHOWN_ELSEWHERE.has(key)) return false
    if (name === 'SuppressedError' && (key === 'error' || key === 'suppressed')) return false
    return !(key === 'errors' && (name === 'AggregateError' || readOwn(value, 'errors').found === 'nothing'))
  })
}

/** Most errors: nothing to describe, and describing a long chain of causes for nothing would take long. */
const isBare = (value: object): boolean =>
  types.isNativeError(value) &&
  Reflect.ownKeys(value).every((key) => typeof key === 'string' && SHOWN_ELSEWHERE.has(key))

function withValues(error: unknown, frames: readonly Frame[], budget: Budget): ReportFrame[] {
  const shown = frames.map((frame) => withSource(frame, budget))
  const lines = shown.flatMap(({ source }, index) => {
    const frame = frames[index]
    const line = source?.lines[source.line - source.startLine] ?? ''
    return frame === undefined || line === '' ? [] : [{ frame, line, index }]
  })
  const values = valuesAt(error, lines, budget)
  for (const [at, { index }] of lines.entries()) {
    const [frame, found] = [shown[index], values[at]]
    if (frame !== undefined && found !== undefined && found.length > 0)
      shown[index] = { ...frame, values: found }
  }
  return shown
}

function withSource(frame: Frame, budget: Budget): ReportFrame {
  const shown = maskedFrame(frame)
  if (frame.file === undefined || frame.kind === 'runtime' || budget.excerpts <= 0) {
    return { ...shown, source: undefined }
  }
  budget.excerpts--
  const context = frame.kind === 'app' ? 5 : 3
  const { roots, memo } = budget
  const options = roots === undefined ? { context, memo } : { context, memo, roots }
  const source = maskedExcerpt(readExcerpt(frame, options))
  const compiledSource =
    frame.compiled && maskedExcerpt(readExcerpt({ ...frame.compiled, compiled: undefined }, options))
  return { ...shown, source, ...(compiledSource === undefined ? {} : { compiledSource }) }
}

/**
 * What was masked before, by what it was made from: frames and excerpts are the same objects from error to error. It
 * must be one object each time as well, since the drawing of an excerpt is kept by it.
 */
const masked = shared('report.masked', () => ({
  frames: new WeakMap<Frame, Frame>(),
  excerpts: new WeakMap<SourceExcerpt, SourceExcerpt>(),
}))

function onceFor<Thing extends object>(
  known: WeakMap<Thing, Thing>,
  thing: Thing,
  make: (of: Thing) => Thing,
): Thing {
  let made = known.get(thing)
  if (made === undefined) {
    made = make(thing)
    known.set(thing, made)
  }
  return made
}

const maskedFrame = (frame: Frame): Frame => onceFor(masked.frames, frame, maskFrame)
const maskedExcerpt = (excerpt: SourceExcerpt | undefined): SourceExcerpt | undefined =>
  excerpt && onceFor(masked.excerpts, excerpt, maskExcerpt)

/** Names of functions come from data at times. */
function maskFrame(frame: Frame): Frame {
  const { functionName, raw } = frame
  return functionName === undefined
    ? { ...frame, raw: maskText(raw) }
    : { ...frame, raw: maskText(raw), functionName: maskText(functionName) }
}

/** Secrets written into the source are masked; the column goes with what stands before it. */
function maskExcerpt(excerpt: SourceExcerpt): SourceExcerpt {
  const { lines, line, startLine, column } = excerpt
  const shown = maskCode(lines)
  const failing = lines[line - startLine] ?? ''
  if (column === undefined || failing === shown[line - startLine]) return { ...excerpt, lines: shown }
  const before = maskCode([failing.slice(0, column - 1)])[0] ?? ''
  return { ...excerpt, lines: shown, column: before.length + 1 }
}

function valuesAt(error: unknown, lines: readonly FailingLine[], { valuesOf }: Budget): ReturnType<ValuesOf> {
  try {
    return valuesOf?.(error, lines) ?? []
  } catch {
    return []
  }
}
