/** Where an error that was caught was thrown again; its frames are those of the first throw, the deepest. */

import type { Frame } from '../../stack/frame.ts'
import { framesOf } from '../../stack/parse-error.ts'
import { type Capture, MAX_RETHROWS, type RethrowPlace } from './captured.ts'
import type { InspectorSession, PausedFrame } from './inspector-session.ts'
import type { ScriptMaps } from './script-maps.ts'

/** Notes one more throw of an object that was captured at its first. */
export function noteRethrow(
  session: InspectorSession,
  { rethrows }: Capture,
  top: PausedFrame | undefined,
): void {
  if (top === undefined || rethrows.length >= MAX_RETHROWS) return
  const { scriptId, lineNumber, columnNumber = 0 } = top.location
  const place = { file: session.scriptFile(scriptId), line: lineNumber + 1, column: columnNumber + 1 }
  if (place.file !== '') rethrows.push({ ...place, functionName: top.functionName })
}

/** The places in original source, in the order they were passed; of the application and its packages. Never rejects. */
export async function rethrowFrames(
  { rethrows }: Pick<Capture, 'rethrows'>,
  maps: ScriptMaps,
): Promise<readonly Frame[]> {
  const frames = await stackFrames(rethrows, maps)
  return frames.filter(({ kind }) => kind === 'app' || kind === 'dependency')
}

/** Places of running code as frames, read, mapped and classified as those of every stack. Never rejects. */
export async function stackFrames(
  places: readonly RethrowPlace[],
  maps: ScriptMaps,
): Promise<readonly Frame[]> {
  if (places.length === 0) return []
  const lines = await Promise.all(
    places.map(async (place) => frameLine(place, (await maps.toOriginal(place)) ?? place)),
  )
  return await framesOf({ stack: `Error\n${lines.join('\n')}` })
}

/** As V8 would write it. */
function frameLine(
  { functionName }: RethrowPlace,
  { file, line, column }: Omit<RethrowPlace, 'functionName'>,
): string {
  const place = `${file}:${line}:${column}`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$.]*$/u.test(functionName)
    ? `    at ${functionName} (${place})`
    : `    at ${place}`
}
