/** Finds where the code of an error's frames can be evaluated. */

import type { Frame } from '../../stack/frame.ts'
import { awaitKey, type Capture, type CodePosition, type Evaluate } from './captured.ts'
import { matchFrames } from './match-frames.ts'

/** The scope of a frame, and where its code stands as it runs; the file is '' when unknown. */
export interface FrameScope {
  readonly evaluate: Evaluate
  readonly position: CodePosition
}

/** The scope behind each frame: of those that were on the stack by likeness, of those that waited by position. */
export function frameScopes(frames: readonly Frame[], capture: Capture): readonly (FrameScope | undefined)[] {
  const matches = matchFrames(frames, capture.frames)
  return frames.map((frame, index) => {
    const match = matches[index]
    const onStack = match === undefined ? undefined : capture.frames[match]
    if (onStack?.evaluate !== undefined) return { evaluate: onStack.evaluate, position: onStack }
    const position = awaitPosition(frame)
    const evaluate = position === undefined ? undefined : capture.awaits.get(awaitKey(position))
    return evaluate === undefined || position === undefined ? undefined : { evaluate, position }
  })
}

/** Where the code of a frame that waits at an `await` waits. */
export function awaitPosition(frame: Frame): CodePosition | undefined {
  const { file, line, column } = frame.compiled ?? frame
  const isKnown = file !== undefined && line !== undefined && column !== undefined
  return frame.isAsync && isKnown ? { file, line, column } : undefined
}
