/**
 * A spare process is started before it is needed: Node and everything of ours are loaded, and the application is when
 * a file has changed. It waits in a module that stands before the application's on its command line.
 */

import { SHARED_NAME, shared } from '../../core/shared.ts'
import type { Channel } from './channel.ts'

interface Waiting {
  /** Resolves when the application may be loaded. */
  readonly wait: () => Promise<void>
}

const KEY = 'dev-wait'

/**
 * Loaded by `--import`, behind everything of ours and before everything of the application: modules named there are
 * awaited before the entry is loaded. Any process but a spare one passes at once.
 */
export const WAIT_MODULE = `data:text/javascript,${encodeURIComponent(
  `await globalThis[Symbol.for('${SHARED_NAME}')]?.get('${KEY}')?.wait()`,
)}`

/** Makes {@link WAIT_MODULE} wait until `go` comes; meanwhile, with a debugger, what its start takes is prepared. */
export function waitForGo(channel: Channel, hasDebugger: boolean): void {
  const startedAt = process.uptime()
  const leave = (): void => process.exit()
  const over = new Promise<void>((resolve) => {
    process.channel?.ref()
    process.once('disconnect', leave)
    channel.on('go', () => {
      process.off('disconnect', leave)
      process.channel?.unref()
      forgetWaiting(process.uptime() - startedAt)
      resolve()
    })
  })
  shared<Waiting>(KEY, () => ({
    wait() {
      if (hasDebugger) setImmediate(hashScripts)
      return over
    },
  }))
}

/** An application that tells how long it runs means itself. */
function forgetWaiting(seconds: number): void {
  const { uptime } = process
  process.uptime = () => uptime.call(process) - seconds
}

/** V8 hashes every script the first time a session looks at them: 50 ms that the first request would wait for. */
function hashScripts(): void {
  try {
    const { Session, url } = process.getBuiltinModule('node:inspector')
    if (url() !== undefined) return
    const session = new Session()
    session.connect()
    session.post('Debugger.enable', () => session.disconnect())
  } catch {
    // Built without an inspector: then there is nothing to prepare.
  }
}
