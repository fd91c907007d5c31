/** Finds where the code of an error's frames can be evaluated, and where their callers can be made live. */

import type { Frame } from '../../stack/frame.ts'
import { framesOf } from '../../stack/parse-error.ts'
import { awaitKey, type Capture, type CodePosition, type Evaluate } from './captured.ts'
import { type Candidate, matchFrames } from './match-frames.ts'
import { rethrowFrames } from './rethrows.ts'
import type { ScriptMaps } from './script-maps.ts'

/** The scope of a frame, and where its code stands as it runs; the file is '' when unknown. */
export interface FrameScope {
  readonly evaluate: Evaluate
  readonly position: CodePosition
}

/** One error of a chain and what is known of its frames; the lists run alongside each other. */
export interface ErrorScopes {
  readonly thrown: unknown
  readonly capture: Capture | undefined
  readonly frames: readonly Frame[]
  readonly scopes: readonly (FrameScope | undefined)[]
  /** Where a frame that waits at an `await` waits, as it runs. */
  readonly awaits: readonly (CodePosition | undefined)[]
  /** Where it was thrown again. */
  readonly rethrows: readonly Frame[]
}

/** Looks at one error of a chain. `frames` are those a report shows: without this package's own. Never rejects. */
export async function errorScopes(
  thrown: unknown,
  capture: Capture | undefined,
  maps: ScriptMaps,
): Promise<ErrorScopes> {
  const frames = (await framesOf(thrown)).filter((frame) => frame.kind !== 'rocksolid')
  const awaits = await Promise.all(frames.map((frame) => awaitPosition(frame, maps)))
  if (capture === undefined) {
    return { thrown, capture, frames, awaits, scopes: frames.map(() => undefined), rethrows: [] }
  }
  const matches = matchFrames(frames, await candidates(capture, frames, maps))
  const scopes = frames.map((_frame, index): FrameScope | undefined => {
    const match = matches[index]
    const onStack = match === undefined ? undefined : capture.frames[match]
    if (onStack?.evaluate !== undefined) return { evaluate: onStack.evaluate, position: onStack }
    const position = awaits[index]
    const evaluate = position === undefined ? undefined : capture.awaits.get(awaitKey(position))
    return evaluate === undefined || position === undefined ? undefined : { evaluate, position }
  })
  const rethrows = await rethrowFrames(capture, maps)
  return { thrown, capture, frames, awaits, scopes, rethrows }
}

/** Captured frames know where they run; where the stack names sources instead, they are mapped there. */
function candidates(
  capture: Capture,
  frames: readonly Frame[],
  maps: ScriptMaps,
): Promise<readonly Candidate[]> {
  const named = new Set(frames.map((frame) => (frame.compiled ?? frame).file))
  return Promise.all(
    capture.frames.map(async (frame) => {
      if (frame.evaluate === undefined || named.has(frame.file)) return frame
      const original = await maps.toOriginal(frame)
      return original === undefined ? frame : { ...frame, ...original }
    }),
  )
}

async function awaitPosition(frame: Frame, maps: ScriptMaps): Promise<CodePosition | undefined> {
  const { file, line, column } = frame.compiled ?? frame
  const isKnown = file !== undefined && line !== undefined && column !== undefined
  if (!frame.isAsync || frame.kind !== 'app' || !isKnown) return undefined
  const position = { file, line, column }
  // A compiled position is that of the script itself; any other may be of a source the runtime has mapped it to.
  return frame.compiled === undefined ? await maps.toRunning(position) : position
}
