/** The page when everything else has failed: no package, no style, nothing that could fail again. */

import { escapeHtml } from '../../core/escape.ts'
import type { Report } from '../report.ts'

/** Type, message and stack of every error that can still be read. Never throws. */
export function lastResortPage(report: Report): string {
  let body = ''
  try {
    for (const error of report.errors.slice(0, 50)) {
      const message = escapeHtml(String(error.message).slice(0, 16_384))
      const stack = escapeHtml(String(error.stack).slice(0, 32_768))
      body += `<h2>${escapeHtml(String(error.name).slice(0, 200))}</h2>\n<pre>${message}</pre>\n<pre>${stack}</pre>\n`
    }
  } catch {
    body += '<p>The report of this error could not be read.</p>\n'
  }
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Error</title></head>
<body>
<main>
<h1>Error</h1>
<p>The error page itself failed; this is the plain report.</p>
${body}</main>
<div id="rs-status" role="status"></div>
</body>
</html>
`
}
