/**
 * Reads the stack that is running now: whose functions are on it, and which errors they hold in their variables.
 * A framework that writes its own 500 has the error at hand; this is how it is found again, as the very object.
 */

import { isErrorLike, isReadable } from '../../core/read.ts'
import { type FileOwner, ownerOf } from '../../stack/own-files.ts'
import type { HandOver } from './hand-over.ts'
import type { InspectorSession, Paused, PausedFrame } from './inspector-session.ts'

/** A throw as it happens. */
export interface Thrown {
  readonly value: unknown
  /** Whether a function of the application was on the stack. */
  readonly isFromApp: boolean
  /** `file:line:column` of the application's nearest function. */
  readonly place: string | undefined
}

/** A frame of the stack, and the errors in its variables. */
export interface ViewedFrame {
  readonly functionName: string
  readonly owner: FileOwner
  readonly errors: readonly HeldError[]
}

/**
 * An error in a variable (depth 0), or in a well-known property of one (depth 1 and 2). Of what is no error only
 * primitives in variables that are called like one.
 */
export interface HeldError {
  readonly error: unknown
  readonly depth: number
  /** Whether the variable belongs to an enclosing function, and so may be of an earlier call. */
  readonly isClosure: boolean
}

/** Nearest first. Variables are read of the library frames above the first one of the application only. */
export type StackView = readonly ViewedFrame[]

/** Most frames looked at, and most whose variables are read. */
const MAX_FRAMES = 60
const MAX_READ = 20

export function thrownOf(session: InspectorSession, value: unknown, { callFrames }: Paused): Thrown {
  for (const { location } of callFrames.slice(0, MAX_FRAMES)) {
    const file = session.scriptFile(location.scriptId)
    if (ownerOf(file) !== 'app') continue
    const place = `${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`
    return { value, isFromApp: true, place }
  }
  return { value, isFromApp: false, place: undefined }
}

export function readStack(
  session: InspectorSession,
  handOver: HandOver,
  frames: readonly PausedFrame[],
): StackView {
  let isAboveApp = true
  let read = 0
  return frames.slice(0, MAX_FRAMES).map((frame) => {
    const owner = ownerOf(session.scriptFile(frame.location.scriptId))
    if (owner === 'app') isAboveApp = false
    const isRead = owner === 'library' && isAboveApp && read++ < MAX_READ
    const errors = isRead ? errorsIn(session, handOver, frame) : []
    return { functionName: frame.functionName, owner, errors }
  })
}

const SCOPES: ReadonlySet<string> = new Set(['local', 'block', 'catch', 'closure'])

function errorsIn(session: InspectorSession, handOver: HandOver, frame: PausedFrame): HeldError[] {
  const found: HeldError[] = []
  for (const { type, object } of frame.scopeChain) {
    if (!SCOPES.has(type) || object?.objectId === undefined) continue
    const scope = handOver.object(session, object.objectId)
    if (typeof scope !== 'object' || scope === null) continue
    for (const name of Object.keys(scope)) {
      const value = readVariable(scope, name)
      if (isPrimitive(value)) {
        if (NAMES.has(name)) found.push({ error: value, depth: 0, isClosure: type === 'closure' })
      } else probe(value, 0, type === 'closure', found)
    }
  }
  return found
}

/** Fails for a variable whose declaration has not been reached. */
function readVariable(scope: object, name: string): unknown {
  try {
    return (scope as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}

const NAMES: ReadonlySet<string> = new Set(['e', 'err', 'error', 'reason'])

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

/** Where frameworks keep the error of a request or response. */
const HOLDERS = ['error', 'err', '_error', 'reason', 'cause', 'response'] as const
const MAX_DEPTH = 2

function probe(value: unknown, depth: number, isClosure: boolean, found: HeldError[]): void {
  if (!isReadable(value)) return
  if (isErrorLike(value)) {
    found.push({ error: value, depth, isClosure })
    return
  }
  // What an application answers with is a plain object; an error in it was put there on purpose.
  if (depth >= MAX_DEPTH || typeof value === 'function' || isPlain(value)) return
  for (const name of HOLDERS) {
    const inner = Object.getOwnPropertyDescriptor(value, name)
    if (inner !== undefined && 'value' in inner) probe(inner.value, depth + 1, isClosure, found)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Array.isArray(value)
}
