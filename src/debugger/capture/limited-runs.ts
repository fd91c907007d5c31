/** Runs code through the inspector, which can end it: after a time, or at the first side effect. */

import { isDebuggerAttached } from '../../core/inspector.ts'
import type { HandOver } from './hand-over.ts'
import type { InspectorSession, Paused } from './inspector-session.ts'
import { RECEIVER_PATH } from './receiver.ts'
import { withoutAsyncScopes } from './without-async-scopes.ts'

export interface LimitedRuns {
  /** Runs `run` and ends it after `timeoutMs` of one uninterrupted run, endless loops included. */
  readonly runLimited: (run: () => void, timeoutMs: number) => 'done' | 'timeout'
  /**
   * The value of `run` if it has no side effect and comes within `timeoutMs`; V8 ends it at the first thing that
   * would change anything. Undefined when it has, throws, or takes longer.
   */
  readonly runPure: (run: () => unknown, timeoutMs: number) => { readonly value: unknown } | undefined
}

const PREVIEWS = 'rocksolid.previews'

export function makeLimitedRuns(
  session: () => InspectorSession | undefined,
  handOver: HandOver,
): LimitedRuns {
  /** Without a session of ours, or beside a debugger that owns the pauses, nothing can be limited. */
  const usable = (): InspectorSession | undefined => (isDebuggerAttached() ? undefined : session())
  return {
    runLimited(run, timeoutMs) {
      const own = usable()
      if (own === undefined) {
        run()
        return 'done'
      }
      let finished = false
      const noted = (): void => {
        run()
        finished = true
      }
      // `silent` keeps the console's own throws from pausing.
      const options = { expression: `${RECEIVER_PATH}.run()`, silent: true, returnByValue: true }
      handOver.receive({ run: noted }, () =>
        withoutAsyncScopes(() => own.post('Runtime.evaluate', { ...options, timeout: timeoutMs })),
      )
      return finished ? 'done' : 'timeout'
    },
    runPure(run, timeoutMs) {
      const own = usable()
      if (own === undefined) return undefined
      const options = { expression: `${RECEIVER_PATH}.pure()`, silent: true, throwOnSideEffect: true }
      const { result, exceptionDetails } = handOver.receive({ pure: run }, () =>
        withoutAsyncScopes(() =>
          own.post('Runtime.evaluate', { ...options, objectGroup: PREVIEWS, timeout: timeoutMs }),
        ),
      )
      const isPure = result !== undefined && exceptionDetails === undefined
      const value = isPure
        ? { value: handOver.thrown(own, { data: result as NonNullable<Paused['data']> }) }
        : undefined
      own.post('Runtime.releaseObjectGroup', { objectGroup: PREVIEWS })
      return value
    },
  }
}
