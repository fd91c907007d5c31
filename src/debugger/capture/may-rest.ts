/**
 * Decides which functions may be taken out of V8's sight as soon as a few of their throws were handled. What is hidden
 * has no live frames the first time it fails for good, so only functions whose throws are most likely all of one kind:
 * those of packages, and small ones of the application that catch by themselves, as around a parser.
 */

import { offsetOf } from '../../stack/offset.ts'
import { ownerOf } from '../../stack/own-files.ts'
import type { InspectorSession, PausedFrame } from './inspector-session.ts'

/** Lines and characters of a small function. */
const MAX_LINES = 12
const MAX_LENGTH = 800

/** Reads the function's source where its file does not tell; asked once for each function that is hidden. */
export function mayRest(session: InspectorSession, frame: PausedFrame): boolean {
  const start = frame.functionLocation
  const end = frame.scopeChain.find((scope) => scope.type === 'local')?.endLocation
  if (start === undefined || end === undefined) return false
  const owner = ownerOf(session.scriptFile(start.scriptId))
  // The runtime's functions are everybody's.
  if (owner !== 'app') return owner !== 'runtime'
  if (end.lineNumber - start.lineNumber > MAX_LINES) return false
  const { scriptSource } = session.post('Debugger.getScriptSource', { scriptId: start.scriptId })
  if (typeof scriptSource !== 'string') return false
  const text = textBetween(scriptSource, start, end)
  return text.length <= MAX_LENGTH && /\bcatch\b/.test(text)
}

/** As V8's inspector counts: from 0. */
interface Place {
  readonly lineNumber: number
  readonly columnNumber?: number
}

function textBetween(source: string, start: Place, end: Place): string {
  const at = ({ lineNumber, columnNumber = 0 }: Place): number | undefined =>
    offsetOf(source, { line: lineNumber + 1, column: columnNumber + 1 })
  return source.slice(at(start) ?? source.length, at(end))
}
