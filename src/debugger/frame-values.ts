/** Reads what the names on a failing line held, from the live scopes of an error's frames. */

import { lineValues } from '../report/line-values.ts'
import type { ValuesOf } from '../report/reported-error.ts'
import type { Frame } from '../stack/frame.ts'
import { framesOf } from '../stack/parse-error.ts'
import type { Evaluate } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import { frameScopes } from './capture/frame-scopes.ts'
import type { ChainLink } from './tracebacks.ts'

/** Milliseconds for the names of one line. */
const LINE_TIMEOUT_MS = 50

/** Prepares {@link ValuesOf} for an error's chain; application frames only, since those are the ones read first. */
export async function frameValues(chain: readonly ChainLink[], capturer: Capturer): Promise<ValuesOf> {
  const scopes = new Map<unknown, ReadonlyMap<string, Evaluate>>()
  for (const { thrown, capture } of chain) {
    if (capture === undefined) continue
    const frames = await framesOf(thrown)
    const found = frameScopes(frames, capture)
    const byFrame = new Map<string, Evaluate>()
    frames.forEach((frame, index) => {
      const evaluate = frame.kind === 'app' ? found[index]?.evaluate : undefined
      if (evaluate !== undefined && !byFrame.has(frame.raw)) byFrame.set(frame.raw, evaluate)
    })
    scopes.set(thrown, byFrame)
  }
  return (error: unknown, frame: Frame, line: string) => {
    const evaluate = scopes.get(error)?.get(frame.raw)
    if (evaluate === undefined) return undefined
    let values: ReturnType<ValuesOf>
    // Limited, so that reading a name neither pauses nor hangs.
    capturer.runLimited(() => {
      values = lineValues(line, (name) => lookUp(evaluate, name))
    }, LINE_TIMEOUT_MS)
    return values
  }
}

/** A name alone runs no code of the application's; one that is not there throws. */
function lookUp(evaluate: Evaluate, name: string): { readonly value: unknown } | undefined {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) return undefined
  try {
    return { value: evaluate({ code: name }) }
  } catch {
    return undefined
  }
}
