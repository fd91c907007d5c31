/**
 * A spare process is started before it is needed: Node and everything of ours are loaded, and the application is when
 * a file has changed. It waits in a module that stands before the application's on its command line.
 */

import { shared } from '../../core/shared.ts'
import type { Channel } from './channel.ts'

const KEY = 'dev-wait'

/**
 * Loaded by `--import`, behind everything of ours and before everything of the application: modules named there are
 * awaited before the entry is loaded. Any process but a spare one passes at once.
 */
export const WAIT_MODULE = `data:text/javascript,${encodeURIComponent(
  `await globalThis[Symbol.for('rocksolid.shared.1')]?.get('${KEY}')?.over`,
)}`

/** Makes {@link WAIT_MODULE} wait until `go` comes. */
export function waitForGo(channel: Channel): void {
  const startedAt = process.uptime()
  shared(KEY, () => ({
    over: new Promise<void>((resolve) => {
      const leave = (): void => process.exit()
      process.channel?.ref()
      process.once('disconnect', leave)
      channel.on('go', () => {
        process.off('disconnect', leave)
        process.channel?.unref()
        const waited = process.uptime() - startedAt
        const { uptime } = process
        // An application that tells how long it runs means itself.
        process.uptime = () => uptime.call(process) - waited
        resolve()
      })
    }),
  }))
}
