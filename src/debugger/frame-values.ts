/** Reads what the names on a failing line held, from the live scopes of an error's frames. */

import type { DescriptionEntry } from '../inspect/description.ts'
import type { KnownFrames } from '../report/line-notes.ts'
import { lineValues, type Remembered } from '../report/line-values.ts'
import type { ValuesOf } from '../report/reported-error.ts'
import { identifiersOn } from '../stack/identifiers.ts'
import type { Evaluate } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import type { ErrorScopes } from './capture/frame-scopes.ts'
import { positionOf } from './story/layers.ts'

/** Application frames of an error whose failing lines have values, the nearest: each costs about 0.1 ms. */
const MAX_LINES = 10
/** Milliseconds for the names of one line; on a machine that is busy with other things a line takes longer. */
const LINE_TIMEOUT_MS = 50
const SECOND_TIMEOUT_MS = 500

/**
 * A {@link ValuesOf} for the chain of an error of this request; application frames only, since those are the ones read
 * first.
 */
export function frameValues(
  chain: readonly ErrorScopes[],
  capturer: Pick<Capturer, 'runLimited'>,
  req: object,
): ValuesOf {
  // Express has taken the parameters off the request again.
  const params = positionOf(req)?.params
  const remembered: Remembered = (holder, key) =>
    holder === req && key === 'params' && params !== undefined ? { value: params } : undefined
  const known = new Map(chain.map((one) => [one.thrown, evaluators(one)]))
  return (error, lines) => {
    let count = 0
    const evaluates = lines.map(({ frame }) => {
      const evaluate = known.get(error)?.get(frame.raw)
      return evaluate !== undefined && count++ < MAX_LINES ? evaluate : undefined
    })
    const values: (readonly DescriptionEntry[] | undefined)[] = lines.map(() => undefined)
    const read = (at: number): void => {
      const [evaluate, line] = [evaluates[at], lines[at]?.line ?? '']
      if (evaluate !== undefined)
        values[at] = lineValues(line, lookUpAll(evaluate, rootsOn(line)), remembered)
    }
    let next = evaluates.findIndex((evaluate) => evaluate !== undefined)
    const readAll = (): void => {
      while (next < lines.length) read(next++)
    }
    // Limited, so that reading a name neither pauses nor hangs: all lines in one run, as each costs about 0.2 ms.
    // One that is ended in the middle is tried once more with the line that took too long alone, then goes on behind it.
    while (next >= 0 && next < lines.length) {
      if (capturer.runLimited(readAll, LINE_TIMEOUT_MS) === 'done') continue
      const late = next - 1
      if (values[late] === undefined) capturer.runLimited(() => read(late), SECOND_TIMEOUT_MS)
    }
    return values
  }
}

const rootsOn = (line: string): string[] => identifiersOn(line).map(({ path: [root = ''] }) => root)

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

/** What a name holds. */
type Found = { readonly value: unknown } | undefined

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u

/** A name alone runs no code of the application's; one that is not there throws. */
function lookUp(evaluate: Evaluate, name: string): Found {
  if (!NAME.test(name)) return undefined
  try {
    return { value: evaluate({ code: name }) }
  } catch {
    return undefined
  }
}

/**
 * Looks many names up with one evaluation: V8 compiles each anew while it is debugged, which takes longer than all the
 * rest. Call it in a limited run.
 */
export function lookUpAll(evaluate: Evaluate, names: readonly string[]): (name: string) => Found {
  const wanted = [...new Set(names)].filter((name) => NAME.test(name))
  const found: Found[] = []
  const code = wanted.map((name, index) => `try{$rs.found[${index}]={value:${name}}}catch{}`).join('\n')
  try {
    evaluate({ code, found })
  } catch {
    // One of them is a reserved word where the frame stands.
    return (name) => lookUp(evaluate, name)
  }
  return (name) => found[wanted.indexOf(name)]
}
