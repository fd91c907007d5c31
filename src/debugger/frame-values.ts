/** Reads what the names on a failing line held, from the live scopes of an error's frames. */

import { readOwn } from '../core/read.ts'
import type { DescriptionEntry } from '../inspect/description.ts'
import type { KnownFrames } from '../report/line-notes.ts'
import { declares, lineValues, type Remembered } from '../report/line-values.ts'
import type { ValuesOf } from '../report/reported-error.ts'
import { identifiersOn } from '../stack/identifiers.ts'
import type { Evaluate } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import type { ErrorScopes, FrameScope } from './capture/frame-scopes.ts'
import { positionOf } from './story/layers.ts'

/** Application frames of an error whose failing lines have values, the nearest. */
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
  const known = new Map(chain.map((one) => [one.thrown, ownScopes(one)]))
  return (error, lines) => {
    let count = 0
    const scopes = lines.map(({ frame }) => {
      const scope = known.get(error)?.get(frame.raw)
      return scope !== undefined && count++ < MAX_LINES ? scope : undefined
    })
    const values: (readonly DescriptionEntry[] | undefined)[] = lines.map(() => undefined)
    const unread: number[] = []
    scopes.forEach((scope, at) => {
      const line = lines[at]?.line ?? ''
      const held = scope && heldNames(scope, line)
      if (held?.unsure.length === 0) values[at] = lineValues(line, held.lookUp, remembered)
      else if (scope !== undefined) unread.push(at)
    })
    const read = (at: number | undefined): void => {
      const [scope, line] = [scopes[at ?? -1], lines[at ?? -1]?.line ?? '']
      if (scope !== undefined && at !== undefined)
        values[at] = lineValues(line, namesIn(scope, line), remembered)
    }
    let next = 0
    const readAll = (): void => {
      while (next < unread.length) read(unread[next++])
    }
    // Limited, so that evaluating a name neither pauses nor hangs: all lines in one run, as each run costs about 0.2 ms.
    // One that is ended in the middle is tried once more with the line that took too long alone, then goes on behind it.
    while (next < unread.length) {
      if (capturer.runLimited(readAll, LINE_TIMEOUT_MS) === 'done') continue
      const late = unread[next - 1]
      if (values[late ?? -1] === undefined) capturer.runLimited(() => read(late), SECOND_TIMEOUT_MS)
    }
    return values
  }
}

/** What the variables held at the throw; a name that held nothing there, or is not among them, is to be evaluated. */
interface HeldNames {
  /** Runs no code. */
  readonly lookUp: (name: string) => Found
  /** Names that may not have been declared yet. */
  readonly unsure: readonly string[]
}

function heldNames({ variables }: FrameScope, line: string): HeldNames | undefined {
  if (variables === undefined) return undefined
  const found = new Map(rootsOn(line).map((name) => [name, variables.lookUp(name) ?? globalValue(name)]))
  const unsure = [...found.keys()].filter(
    (name) => found.get(name)?.value === undefined && !declares(line, name) && !isGlobalGetter(name),
  )
  return { lookUp: (name) => found.get(name), unsure }
}

/** The same with the unsure ones evaluated; call it in a limited run. */
function namesIn(scope: FrameScope, line: string): (name: string) => Found {
  const held = heldNames(scope, line)
  if (held === undefined) return lookUpAll(scope.evaluate, rootsOn(line))
  const { lookUp: known, unsure } = held
  const evaluated = lookUpAll(scope.evaluate, unsure)
  return (name) => (unsure.includes(name) ? evaluated(name) : known(name))
}

const rootsOn = (line: string): string[] => identifiersOn(line).map(({ path: [root = ''] }) => root)

/** As `performance` and `crypto`: of no interest, and not run. */
const isGlobalGetter = (name: string): boolean => readOwn(globalThis, name).found === 'accessor'

function globalValue(name: string): Found {
  const own = readOwn(globalThis, name)
  return own.found === 'value' ? own : undefined
}

/** What was captured of an error's application frames, for texts that are written before there is a report. */
export function knownFrames(error: unknown, capturer: Capturer): KnownFrames | undefined {
  const frames = capturer.captureOf(error)?.frames.flatMap(({ file, line, evaluate, variables }) => {
    if (evaluate === undefined || file === '') return []
    const known = (name: string): Found => {
      const held = variables?.lookUp(name)
      return held?.value === undefined ? lookUp(evaluate, name) : held
    }
    return [{ file, line, lookUp: known }]
  })
  if (frames === undefined) return undefined
  return { frames, limited: (run) => void capturer.runLimited(run, LINE_TIMEOUT_MS) }
}

/** By the frame's own line of the stack; of frames alike, the nearest. */
function ownScopes({ frames, scopes }: ErrorScopes): ReadonlyMap<string, FrameScope> {
  const found = new Map<string, FrameScope>()
  frames.forEach((frame, index) => {
    const scope = frame.kind === 'app' ? scopes[index] : undefined
    if (scope !== undefined && !found.has(frame.raw)) found.set(frame.raw, scope)
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
