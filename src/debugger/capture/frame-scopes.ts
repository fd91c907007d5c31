/** Finds where the code of an error's frames can be evaluated, and where their callers can be made live. */

import { readErrorField } from '../../core/read.ts'
import type { Frame } from '../../stack/frame.ts'
import { framesOf } from '../../stack/parse-error.ts'
import { noteBrokenModule } from './broken-modules.ts'
import {
  awaitKey,
  type Capture,
  type CapturedFrame,
  type CodePosition,
  type Evaluate,
  madeKey,
} from './captured.ts'
import type { FrameVariables } from './frame-variables.ts'
import { type Candidate, matchFrames } from './match-frames.ts'
import { rethrowFrames, stackFrames } from './rethrows.ts'
import type { ScriptMaps } from './script-maps.ts'

/** The scope of a frame, and where its code stands as it runs; the file is '' when unknown. */
export interface FrameScope {
  readonly evaluate: Evaluate
  readonly position: CodePosition
  /** What its variables held at the throw, of the nearest frames, until the error was reported. */
  readonly variables: FrameVariables | undefined
}

/** One error of a chain and what is known of its frames; the lists run alongside each other. */
export interface ErrorScopes {
  readonly thrown: unknown
  readonly capture: Capture | undefined
  readonly frames: readonly Frame[]
  readonly scopes: readonly (FrameScope | undefined)[]
  /** Whether there was no time left to keep the frame. */
  readonly late: readonly boolean[]
  /** Where a frame that waits at an `await` waits, as it runs. */
  readonly awaits: readonly (CodePosition | undefined)[]
  /** Where it was made, as it runs, when its nearest frame was not on the stack of the throw. */
  readonly made: CodePosition | undefined
  /** Where it was thrown again. */
  readonly rethrows: readonly Frame[]
}

/** Looks at one error of a chain. `frames` are those a report shows: without this package's own. Never rejects. */
export async function errorScopes(
  thrown: unknown,
  capture: Capture | undefined,
  maps: ScriptMaps,
): Promise<ErrorScopes> {
  await noteBrokenModule(thrown, maps.scripts)
  const stack = await framesOf(thrown)
  // What is no error carries no stack; V8 had one when it was thrown.
  const shown = stack.length === 0 && capture !== undefined ? await stackFrames(capture.frames, maps) : stack
  const frames = shown.filter((frame) => frame.kind !== 'rocksolid')
  const awaits = await Promise.all(frames.map((frame) => awaitPosition(frame, maps)))
  if (capture === undefined) {
    const made = isOverflow(thrown) ? undefined : await runningPosition(nearestOwn(frames), maps)
    const [scopes, late] = [frames.map(() => undefined), frames.map(() => false)]
    return { thrown, capture, frames, awaits, made, scopes, late, rethrows: [] }
  }
  const matches = matchFrames(frames, await candidates(capture.frames, frames, maps))
  const scopes = frames.map((_frame, index): FrameScope | undefined => {
    const match = matches[index]
    const onStack = match === undefined ? undefined : capture.frames[match]
    const live = onStack && scopeOf(onStack)
    if (live !== undefined) return live
    const position = awaits[index]
    const evaluate = position === undefined ? undefined : capture.awaits.get(awaitKey(position))
    return evaluate === undefined || position === undefined
      ? undefined
      : { evaluate, position, variables: undefined }
  })
  const rethrows = await rethrowFrames(capture, maps)
  const nearest = nearestOwn(frames)
  const isElsewhere = nearest !== undefined && scopes[frames.indexOf(nearest)] === undefined
  const made = isElsewhere && !isOverflow(thrown) ? await runningPosition(nearest, maps) : undefined
  const madeStack = made === undefined ? undefined : capture.made.get(madeKey(made))
  const whole = madeStack === undefined ? scopes : await withMade(scopes, madeStack, frames, maps)
  const late = whole.map(
    (scope, index) => scope === undefined && capture.frames[matches[index] ?? -1]?.isLate === true,
  )
  return { thrown, capture, frames, awaits, made, scopes: whole, late, rethrows }
}

function scopeOf(frame: CapturedFrame): FrameScope | undefined {
  const { evaluate, variables } = frame
  return evaluate === undefined ? undefined : { evaluate, position: frame, variables }
}

/** Where one is made there was no room left to look at anything, and there will be none the next time. */
const isOverflow = (thrown: unknown): boolean =>
  readErrorField(thrown, 'message') === 'Maximum call stack size exceeded'

/** Fills in the frames that were on the stack when the error was made. */
async function withMade(
  scopes: readonly (FrameScope | undefined)[],
  stack: readonly CapturedFrame[],
  frames: readonly Frame[],
  maps: ScriptMaps,
): Promise<readonly (FrameScope | undefined)[]> {
  const matches = matchFrames(frames, await candidates(stack, frames, maps))
  return scopes.map((scope, index) => {
    const match = matches[index]
    const onStack = match === undefined ? undefined : stack[match]
    return scope ?? (onStack && scopeOf(onStack))
  })
}

/** The frame in which the error was made, unless it belongs to a package or the runtime. */
function nearestOwn(frames: readonly Frame[]): Frame | undefined {
  const nearest = frames.find((frame) => frame.kind === 'app')
  return nearest?.isAsync === true ? undefined : nearest
}

/** Captured frames know where they run; where the stack names sources instead, they are mapped there. */
function candidates(
  stack: readonly CapturedFrame[],
  frames: readonly Frame[],
  maps: ScriptMaps,
): Promise<readonly Candidate[]> {
  // Frames that were mapped here know where they run; all others may have been mapped by the runtime or a loader.
  const compiled = new Set(frames.map((frame) => frame.compiled?.file))
  return Promise.all(
    stack.map(async (frame) => {
      if (frame.evaluate === undefined || compiled.has(frame.file)) return frame
      const original = await maps.toOriginal(frame)
      return original === undefined ? frame : { ...frame, ...original }
    }),
  )
}

async function awaitPosition(frame: Frame, maps: ScriptMaps): Promise<CodePosition | undefined> {
  return frame.isAsync && frame.kind === 'app' ? await runningPosition(frame, maps) : undefined
}

async function runningPosition(
  frame: Frame | undefined,
  maps: ScriptMaps,
): Promise<CodePosition | undefined> {
  if (frame === undefined) return undefined
  const { file, line, column } = frame.compiled ?? frame
  if (file === undefined || line === undefined || column === undefined) return undefined
  const position = { file, line, column }
  // A compiled position is that of the script itself; any other may be of a source the runtime has mapped it to.
  return frame.compiled === undefined ? await maps.toRunning(position) : position
}
