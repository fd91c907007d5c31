/** The route that makes a failed request again: shown first what would be sent, unless that can change nothing. */

import type { IncomingMessage } from 'node:http'
import { type Answer, jsonAnswer } from '../../http/respond.ts'
import { maskText } from '../../inspect/redact.ts'
import { EXPIRED, incomplete } from '../answers.ts'
import type { Actions, Refusal } from '../protocol.ts'
import type { RouteCall } from '../routes.ts'
import type { Tracebacks } from '../tracebacks.ts'
import { bodyOf } from './kept-requests.ts'
import { isSafe, replay } from './replay.ts'

/** Characters of a body that are shown. */
const MAX_SHOWN = 4096

/** `{"error": id}` shows what an unsafe request would send; with `"send": true` it is sent. Safe ones are sent at once. */
export async function replayRoute(tracebacks: Tracebacks, { body }: RouteCall): Promise<Answer> {
  const { error, send } = body
  if (typeof error !== 'string') return incomplete('{"error": id, "send": true}')
  const traceback = tracebacks.get(error)
  if (traceback === undefined) return jsonAnswer(410, EXPIRED)
  const req = traceback.exchange.req as IncomingMessage
  if (send !== true && !isSafe(req.method ?? '')) {
    const { method = '', url = '' } = traceback.report.request ?? {}
    return jsonAnswer(200, { method, url, body: bodyText(req) } satisfies Actions['replay']['answer'])
  }
  const result = await replay(req)
  if (!result.ok) {
    const { explanation } = result
    return jsonAnswer(409, { error: 'Not made again', explanation } satisfies Refusal)
  }
  const { status, ms, debugUrl } = result
  return jsonAnswer(200, {
    status,
    ms,
    ...(debugUrl === undefined ? {} : { page: debugUrl }),
  } satisfies Actions['replay']['answer'])
}

/** What can be read of the body, masked. */
function bodyText(req: IncomingMessage): string {
  const body = bodyOf(req)
  if (body === undefined) return '(not kept: larger than 64 KiB, or never read)'
  const text = body.toString('utf8', 0, MAX_SHOWN)
  if (/[\0-\x08\x0e-\x1f\ufffd]/.test(text)) return `(${body.length} bytes that are no text)`
  return maskText(text) + (body.length > MAX_SHOWN ? '…' : '')
}
