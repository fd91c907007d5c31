/** The page of an error as one file to keep or to send: no script, no token, nothing that this server is needed for. */

import type { Answer } from '../../http/respond.ts'
import { renderHtml } from '../../report/render-html.ts'
import type { Report } from '../../report/report.ts'
import { pageHeaders } from './page-headers.ts'

/** The file. What is for the page only, such as the environment, is left out: it goes to other people. */
export async function savedPage(report: Report): Promise<Answer> {
  const sections = (report.sections ?? []).filter(({ pageOnly }) => pageOnly !== true)
  const body = await renderHtml(
    { ...report, sections },
    { policy: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" },
  )
  const name = (report.errors[0]?.name ?? 'Error').replace(/[^\w.-]/g, '').slice(0, 40) || 'Error'
  const time = new Date(report.at).toISOString().slice(0, 19).replace(/[:T]/g, '-')
  const headers = {
    ...pageHeaders(''),
    'Content-Disposition': `attachment; filename="${name}-${time}.html"`,
  }
  return { status: 200, type: 'text/html; charset=utf-8', body, headers }
}
