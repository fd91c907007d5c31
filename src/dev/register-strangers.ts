/**
 * What clients get that may not see the debugger's page. The framework's own answer stands, as in production, but for
 * one thing: while NODE_ENV is not production some frameworks (Express and connect by finalhandler, Vite, h3) put the
 * stack of an error into it, for everybody. Then a plain answer with the same status goes out in its place.
 */

import { bareAnswer } from '../debugger/bare-answer.ts'
import { replaceOrCut } from '../http/respond.ts'
import type { WatchedRequest } from './register-request.ts'
import type { Verdict } from './register-responses.ts'

/** The plain answer; `id` is that of the reported error. */
export const plainly = ({ req, res }: WatchedRequest, status: number, id?: string): Verdict => ({
  do: 'replace',
  answer: () => replaceOrCut(req, res, bareAnswer(req, status, id), { keepCors: true }),
})

/**
 * The framework's answer if it has no stack in it. Bodies that come at once are read; what is encoded cannot be, and is
 * replaced where a framework answers for an error, which `isError` finds out.
 */
export function withoutStack(
  request: WatchedRequest,
  status: number,
  isError: () => boolean,
  id?: string,
): Verdict {
  const encoding = request.res.getHeader('content-encoding') ?? 'identity'
  if (encoding !== 'identity') return isError() ? plainly(request, status, id) : { do: 'pass' }
  return { do: 'read', decide: (body) => (showsStack(body) ? plainly(request, status, id) : { do: 'pass' }) }
}

/** Characters looked at. */
const MAX_LENGTH = 64 * 1024
/** `at name (/file.js:1:2)`, also in HTML and within JSON. Every repeat is bounded. */
const FRAME =
  /(?:^|[\s;>"'])at (?:[^\n<>"]{0,200} \()?(?:file:\/\/|node:|[/\\]|[A-Za-z]:[/\\])[^\s"'<>()]{1,500}:\d{1,7}:\d{1,7}/m

/** Whether a text has a frame of a stack in it. */
export function showsStack(text: string): boolean {
  return FRAME.test(text.slice(0, MAX_LENGTH))
}
