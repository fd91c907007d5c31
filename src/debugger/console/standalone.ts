/** The console that belongs to no error: at the reserved prefix, in the server itself, with what it was given in scope. */

import { join } from 'node:path'
import { currentContext } from '../../core/async-context.ts'
import type { Capture, Evaluate } from '../capture/captured.ts'
import type { Capturer } from '../capture/capturer.ts'
import { consoleId } from '../processes/error-id.ts'
import { FrameConsole } from './frame-console.ts'

interface StandaloneOptions {
  readonly console: boolean | Readonly<Record<string, unknown>>
  readonly evalex: boolean
  readonly consoleTimeoutMs: number
}

/** The console that belongs to no error. */
export interface Standalone {
  /** Stands for the id of an error. */
  readonly id: string
  readonly names: readonly string[]
  /** The same one at each call. */
  readonly console: () => FrameConsole
}

/** What the options ask for; undefined where it is off. `app` is in scope unless they say otherwise. */
export function standaloneOf(
  { console: given, evalex, consoleTimeoutMs }: StandaloneOptions,
  app: unknown,
  capturer: Capturer,
): Standalone | undefined {
  if (given === false || !evalex) return undefined
  const scope = { ...(app === undefined ? {} : { app }), ...(given === true ? {} : given) }
  let opened: FrameConsole | undefined
  return {
    id: consoleId(),
    names: Object.keys(scope),
    console: () => (opened ??= openStandalone(capturer, scope, consoleTimeoutMs)),
  }
}

/** `scope` are the names it begins with. */
function openStandalone(
  capturer: Capturer,
  scope: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): FrameConsole {
  // Opens the session, without which an endless loop could not be ended.
  capturer.arm()
  const inContext = currentContext()
  const capture: Capture = {
    frames: [],
    awaits: new Map(),
    made: new Map(),
    site: '',
    path: '',
    rethrows: [],
    inContext,
  }
  return new FrameConsole({
    evaluate: scopeOf(scope),
    capture,
    // Imports resolve from the folder the server was started in.
    position: { file: join(process.cwd(), 'console'), line: 1, column: 1 },
    sourceOf: () => undefined,
    error: undefined,
    req: undefined,
    res: undefined,
    timeoutMs,
    runLimited: capturer.runLimited,
    runPure: capturer.runPure,
  })
}

/** A function of the global scope, so that nothing of this package is in reach; the names can be assigned. */
function scopeOf(scope: Readonly<Record<string, unknown>>): Evaluate {
  const names = Object.keys(scope)
  const declared = names.length === 0 ? '' : `let { ${names.join(', ')} } = $scope; $scope = undefined;`
  const open = new Function('$scope', `${declared} return ($rs) => eval($rs.code)`) as (
    scope: object,
  ) => Evaluate
  return open({ ...scope })
}
