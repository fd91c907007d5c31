import type { Channel } from '../child/channel.ts'
import type { Intercept } from '../child/connections.ts'
import type { ChildStart } from '../messages.ts'

export function overlay(_start: ChildStart, _channel: Channel): { intercept: Intercept } {
  return { intercept: () => false }
}
