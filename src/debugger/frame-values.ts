/** Reads what the names on a failing line held, from the live scopes of an error's frames. */

import type { KnownFrames } from '../report/line-notes.ts'
import { lineValues } from '../report/line-values.ts'
import type { ValuesOf } from '../report/reported-error.ts'
import type { Frame } from '../stack/frame.ts'
import type { Evaluate } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import type { ErrorScopes } from './capture/frame-scopes.ts'

/** Milliseconds for the names of one line. */
const LINE_TIMEOUT_MS = 50

/** A {@link ValuesOf} for an error's chain; application frames only, since those are the ones read first. */
export function frameValues(chain: readonly ErrorScopes[], capturer: Capturer): ValuesOf {
  const known = new Map(chain.map((one) => [one.thrown, evaluators(one)]))
  return (error: unknown, frame: Frame, line: string) => {
    const evaluate = known.get(error)?.get(frame.raw)
    if (evaluate === undefined) return undefined
    let values: ReturnType<ValuesOf>
    // Limited, so that reading a name neither pauses nor hangs.
    capturer.runLimited(() => {
      values = lineValues(line, (name) => lookUp(evaluate, name))
    }, LINE_TIMEOUT_MS)
    return values
  }
}

/** What was captured of an error's application frames, for texts that are written before there is a report. */
export function knownFrames(error: unknown, capturer: Capturer): KnownFrames | undefined {
  const frames = capturer.captureOf(error)?.frames.flatMap(({ file, line, evaluate }) => {
    if (evaluate === undefined || file === '') return []
    return [{ file, line, lookUp: (name: string) => lookUp(evaluate, name) }]
  })
  if (frames === undefined) return undefined
  return { frames, limited: (run) => void capturer.runLimited(run, LINE_TIMEOUT_MS) }
}

/** By the frame's own line of the stack; of frames alike, the nearest. */
function evaluators({ frames, scopes }: ErrorScopes): ReadonlyMap<string, Evaluate> {
  const found = new Map<string, Evaluate>()
  frames.forEach((frame, index) => {
    const scope = frame.kind === 'app' ? scopes[index] : undefined
    if (scope !== undefined && !found.has(frame.raw)) found.set(frame.raw, scope.evaluate)
  })
  return found
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
