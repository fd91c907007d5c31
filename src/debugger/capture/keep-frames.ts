/** Keeps what a paused stack has to give: the live scope of each frame, and the variables of the nearest. */

import { ownerOf } from '../../stack/own-files.ts'
import type { CapturedFrame, Evaluate } from './captured.ts'
import { MAX_WITH_VARIABLES, type ScopeHandle, scopeHandles, variablesOf } from './frame-variables.ts'
import type { HandOver } from './hand-over.ts'
import type { InspectorSession, PausedFrame } from './inspector-session.ts'
import { framesToCapture } from './paused-frames.ts'

/** Frames looked at for each throw, captured or not. */
const MAX_FRAMES_READ = 200
/**
 * Milliseconds in a pause after which no frame of a package is begun with. For each function V8 reads its source again,
 * which of a bundle takes long enough that thirty of them would take seconds.
 */
const PACKAGES_MS = 50

/** A paused stack, and what is to be kept of it. */
export interface StackPlan {
  readonly paused: readonly PausedFrame[]
  readonly files: readonly string[]
  /** Frames to be evaluated in, application frames first. */
  readonly indexes: readonly number[]
  /** The variables to be taken over. */
  readonly handles: readonly ScopeHandle[]
  readonly objectIds: readonly string[]
}

/** Nothing of a stack, where it will not be kept. */
export const NOTHING_KEPT: StackPlan = { paused: [], files: [], indexes: [], handles: [], objectIds: [] }

/** What to keep of a stack: at most `maxFrames` scopes. Asks V8 for nothing. */
export function planFrames(
  session: InspectorSession,
  callFrames: readonly PausedFrame[],
  maxFrames: number,
): StackPlan {
  const paused = callFrames.slice(0, MAX_FRAMES_READ)
  const files = paused.map((frame) => session.scriptFile(frame.location.scriptId))
  const indexes = framesToCapture(files, maxFrames)
  const handles = scopeHandles(paused, indexes.slice(0, MAX_WITH_VARIABLES))
  return { paused, files, indexes, handles, objectIds: handles.map(({ objectId }) => objectId) }
}

/** The frames of a stack; `copies` are the objects behind the plan's handles. */
export function keepFrames(
  session: InspectorSession,
  handOver: HandOver,
  { paused, files, indexes, handles }: StackPlan,
  copies: readonly unknown[],
): CapturedFrame[] {
  const wanted = indexes.flatMap((index) => {
    const frame = paused[index]
    return frame === undefined ? [] : [[index, frame] as const]
  })
  const evaluators = new Map<number, Evaluate>()
  const late = new Set<number>()
  const startedAt = performance.now()
  const hasTime = (index: number): boolean => {
    if (ownerOf(files[index] ?? '') !== 'library' || performance.now() - startedAt < PACKAGES_MS) return true
    late.add(index)
    return false
  }
  handOver.scopes(session, wanted, (index, evaluate) => void evaluators.set(index, evaluate), hasTime)
  const variables = variablesOf(handles, copies)
  return paused.map((frame, index) => ({
    functionName: frame.functionName,
    file: files[index] ?? '',
    line: frame.location.lineNumber + 1,
    column: (frame.location.columnNumber ?? 0) + 1,
    evaluate: evaluators.get(index),
    isLate: late.has(index),
    variables: variables.get(index),
  }))
}
