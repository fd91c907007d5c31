/** Refusals that more than one route gives. */

import { type Answer, jsonAnswer } from '../http/respond.ts'
import type { Refusal } from './protocol.ts'

export const EXPIRED: Refusal = {
  error: 'Expired',
  explanation:
    'This error is no longer kept: newer ones took its place, it grew too old, it was released, or the server has restarted. Cause it again.',
}

/** A body without what the action needs; `example` is the JSON it takes. */
export function incomplete(example: string): Answer {
  return jsonAnswer(400, { error: 'Incomplete request', explanation: `Send ${example}.` } satisfies Refusal)
}
