/** The error of a record as an HTML page: whole, or plain where there is no time or no way to draw the whole one. */

import type { IncomingMessage } from 'node:http'
import { escapeHtml } from '../core/escape.ts'
import { masked, recordErrorText } from './plain-text.ts'
import type { LogRecord } from './record.ts'

/** The page with causes, source and the request; the plain one when it cannot be drawn. */
export async function errorPage(record: LogRecord, req: IncomingMessage | undefined): Promise<string> {
  try {
    const { buildReport, renderHtml } = await import('../report/reporting.ts')
    const report = await buildReport(record.error, {
      at: record.time,
      ...(req === undefined ? {} : { req }),
    })
    return await renderHtml(report)
  } catch {
    return plainErrorPage(record)
  }
}

/** The text of the error, masked; drawn at once. */
export function plainErrorPage(record: LogRecord): string {
  const title = escapeHtml(`${record.level}: ${masked(record, record.message)}`)
  const text = escapeHtml(recordErrorText(record))
  return `<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n<pre>${text}</pre>\n</html>\n`
}
