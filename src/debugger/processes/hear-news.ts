/** What a worker does when another one tells it something. */

import type { ArmedPosition } from '../capture/captured.ts'
import type { Tracebacks } from '../tracebacks.ts'
import type { Sessions } from '../trust/session-cookie.ts'
import type { PeerNews } from './peers.ts'

/** What the news are about. */
export interface NewsTargets {
  readonly tracebacks: Tracebacks
  readonly sessions: Sessions
}

export function hearNews({ name, body }: PeerNews, { tracebacks, sessions }: NewsTargets): void {
  switch (name) {
    case 'arm':
      // The request that is made again may come here.
      tracebacks.armFor(String(body.error), body.positions as readonly ArmedPosition[])
      break
    case 'disarm':
      tracebacks.disarmFor(String(body.error))
      break
    case 'lock':
      sessions.end(String(body.cookie ?? ''), false)
  }
}
