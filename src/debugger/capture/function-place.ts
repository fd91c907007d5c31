/** Where a function was written, as V8 knows it: for the handlers of routes, whose stack does not lead to their registration. */

import type { CodePosition } from './captured.ts'
import type { InspectorSession } from './inspector-session.ts'

const KEY = Symbol.for('rocksolid.function')
const GROUP = 'rocksolid-function'

/** The place of the function's source, from 1; undefined for what is no function of a file. Never throws. */
export function functionPlace(session: InspectorSession, target: object): CodePosition | undefined {
  try {
    // The inspector takes no objects, only expressions: it finds the function here for as long as the call takes.
    Object.defineProperty(globalThis, KEY, { value: target, configurable: true })
    const expression = `globalThis[Symbol.for('${KEY.description}')]`
    const { result } = session.post('Runtime.evaluate', { expression, silent: true, objectGroup: GROUP })
    const properties = internalsOf(session, result)
    // Frameworks bind handlers to their server; a bound function has no source of its own.
    const bound = properties.find(({ name }) => name === '[[TargetFunction]]')?.value
    return placeIn(session, bound === undefined ? properties : internalsOf(session, bound))
  } catch {
    return undefined
  } finally {
    Reflect.deleteProperty(globalThis, KEY)
    session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP })
  }
}

interface InternalProperty {
  readonly name: string
  readonly value?: {
    readonly objectId?: string
    readonly value?: { scriptId?: string; lineNumber?: number; columnNumber?: number }
  }
}

function internalsOf(session: InspectorSession, object: unknown): readonly InternalProperty[] {
  const { objectId } = object as { objectId?: string }
  const { internalProperties } = session.post('Runtime.getProperties', { objectId, ownProperties: true })
  return internalProperties as readonly InternalProperty[]
}

function placeIn(
  session: InspectorSession,
  properties: readonly InternalProperty[],
): CodePosition | undefined {
  const location = properties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value
  if (location?.scriptId === undefined || location.lineNumber === undefined) return undefined
  const file = session.scriptFile(location.scriptId)
  if (file === '') return undefined
  return { file, line: location.lineNumber + 1, column: (location.columnNumber ?? 0) + 1 }
}
