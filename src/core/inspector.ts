/** Asks for the inspector at run time, because builds of Node.js without one cannot import it. */

type InspectorModule = typeof import('node:inspector')

/** `node:inspector`, or undefined where there is none. */
export function inspectorModule(): InspectorModule | undefined {
  try {
    return process.getBuiltinModule?.('node:inspector')
  } catch {
    return undefined
  }
}

/** Whether a debugger client (DevTools, an editor) is or may be attached to this process. */
export function isDebuggerAttached(): boolean {
  return inspectorModule()?.url() !== undefined
}
