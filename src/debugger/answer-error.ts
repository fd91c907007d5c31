/**
 * The whole report of an error in the form a client asked for. Loaded with the first error: the page, its packages and
 * the browser's script are nothing a server needs before.
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { answerKind } from '../http/accepts.ts'
import { type Answer, jsonAnswer } from '../http/respond.ts'
import type { PageHistory } from '../report/html/view.ts'
import { renderHtml } from '../report/render-html.ts'
import { reportToProblem } from '../report/render-json.ts'
import { renderMarkdown } from '../report/render-markdown.ts'
import { renderText } from '../report/render-text.ts'
import type { EditorLinks } from './announce.ts'
import { assetUrls } from './pages/assets.ts'
import { pageHeaders } from './pages/page-headers.ts'
import { SEALED } from './pages/refusal-page.ts'
import { type PageData, PREFIX } from './protocol.ts'
import type { Traceback } from './tracebacks.ts'

/** What the page of an error needs beside the error. */
export interface PageContext {
  /** Undefined for a page that is not opened as a document: it gets no script and no console. */
  readonly token: string | undefined
  /** Whether there are consoles at all. */
  readonly console: boolean
  /** A sentence at the top, such as why there are no consoles. */
  readonly banner: string | undefined
  /** How places become links to an editor. */
  readonly links: EditorLinks
  /** The path that stands before the debugger's own; see mount. */
  readonly base: string
  /** The errors around this one; asked for only by a page that leads to them. */
  readonly history: () => Promise<PageHistory>
}

/** The answer with the whole report, in the form the client asked for. */
export async function reportAnswer(
  req: IncomingMessage,
  status: number,
  traceback: Traceback,
  context: PageContext,
): Promise<Answer> {
  const { report } = traceback
  const link = { ...SEALED, 'X-Debug-Url': `${context.base}${PREFIX}/errors/${report.id}` }
  switch (answerKind(req.headers)) {
    case 'html':
      return errorPage(status, traceback, context)
    case 'json':
      return {
        ...jsonAnswer(status, reportToProblem(report, status), 'application/problem+json'),
        headers: link,
      }
    case 'markdown':
      return { status, type: 'text/markdown; charset=utf-8', body: renderMarkdown(report), headers: link }
    default:
      return {
        status,
        type: 'text/plain; charset=utf-8',
        body: renderText(report, { color: false }),
        headers: link,
      }
  }
}

/** The HTML page of an error. */
export async function errorPage(status: number, traceback: Traceback, context: PageContext): Promise<Answer> {
  const { report, live, pending, late } = traceback
  const { token, banner, history, base } = context
  const urls = assetUrls(base)
  const { editor, paths = {} } = context.links
  const nonce = randomUUID().replaceAll('-', '')
  const shown = { nonce, ...(banner === undefined ? {} : { banner }) }
  const body = await renderHtml(
    report,
    token === undefined
      ? shown
      : {
          ...shown,
          live: context.console ? live : new Set(),
          pending: context.console ? pending : new Set(),
          late: context.console ? late : new Set(),
          bootstrap: {
            token,
            error: report.id,
            console: context.console,
            ...(base === '' ? {} : { base }),
            ...(report.request?.method === 'GET' ? { again: report.request.url } : {}),
            ...(report.request === undefined ? {} : { method: report.request.method }),
          } satisfies PageData,
          history: await history(),
          ...(editor === undefined ? {} : { editor, paths }),
          scriptUrl: urls.script,
          styleUrl: urls.style,
        },
  )
  const headers = { ...pageHeaders(nonce), 'X-Debug-Url': `${base}${PREFIX}/errors/${report.id}` }
  return { status, type: 'text/html; charset=utf-8', body, headers }
}
