/**
 * Serves the reason where the application should be, on its sockets, until new code runs. A process of its own, ended
 * and replaced like any other, so that its requests are as safe as the application's.
 */

import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { pageHeaders } from '../../debugger/pages/page-headers.ts'
import { SEALED } from '../../debugger/pages/refusal-page.ts'
import { makeLocalGuard } from '../../debugger/trust/local-guard.ts'
import { answerKind } from '../../http/accepts.ts'
import { type Answer, jsonAnswer, replaceResponse } from '../../http/respond.ts'
import type { Report } from '../../report/report.ts'
import {
  buildReport,
  renderHtml,
  renderMarkdown,
  renderText,
  reportToProblem,
} from '../../report/reporting.ts'
import { childState } from '../child/state.ts'
import type { ChildStart, Failure } from '../messages.ts'
import { withPlace } from './locate.ts'

const current = childState().current
if (current !== undefined) serveFailure(current.start)

function serveFailure({ failure, sockets, gates }: ChildStart): void {
  if (failure === undefined) return
  process.chdir(failure.folder)
  const report = withPlace(failure).then((placed) => buildReport(toError(placed)))
  const server = () =>
    createServer((req, res) => {
      void report
        .then((built) => answerOf(req, built, failure))
        .then((answer) => replaceResponse(req, res, answer))
        .catch(() => res.destroy())
    })
  for (const key of gates === undefined ? sockets.map((socket) => socket.key) : Object.keys(gates)) {
    const [host = '', port = '0'] = key.split('|')
    server().listen({ port: Number(port), ...(host === '' ? {} : { host }) })
  }
}

/** No option of the application is known here. */
const guard = makeLocalGuard({ allowedHosts: [], allowedPeers: [], allowUnixSocket: false })

/** The status of every answer: the server is not there, and may be soon. */
const STATUS = 503

async function answerOf(req: IncomingMessage, report: Report, failure: Failure): Promise<Answer> {
  const what = failure.wasListening ? 'The server crashed.' : 'The server did not start.'
  const headers = { ...SEALED, 'Retry-After': '1' }
  if (!guard.check(req, 'local').allowed)
    return { status: STATUS, type: 'text/plain; charset=utf-8', body: `${what}\n`, headers }
  const text = (type: string, body: string): Answer => ({
    status: STATUS,
    type: `text/${type}; charset=utf-8`,
    body,
    headers,
  })
  switch (answerKind(req.headers)) {
    case 'html': {
      const nonce = randomUUID().replaceAll('-', '')
      const banner = `${what} This page goes away by itself when new code runs.`
      const body = await renderHtml(report, { nonce, banner })
      return { ...text('html', body), headers: { ...headers, ...pageHeaders(nonce) } }
    }
    case 'json':
      return { ...jsonAnswer(STATUS, reportToProblem(report, STATUS), 'application/problem+json'), headers }
    case 'markdown':
      return text('markdown', renderMarkdown(report))
    default:
      return text('plain', `${what}\n\n${renderText(report)}\n`)
  }
}

/** An error that says what the one of the other process said. */
function toError(failure: Failure): Error {
  const error = new Error(
    failure.message,
    failure.cause === undefined ? {} : { cause: toError(failure.cause) },
  )
  error.name = failure.name
  error.stack = failure.stack || `${failure.name}: ${failure.message}`
  if (failure.code !== undefined) Object.assign(error, { code: failure.code })
  return error
}
