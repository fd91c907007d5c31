/** The page of the standalone console: one console and its lock, nothing else. */

import { randomUUID } from 'node:crypto'
import { escapeHtml, jsonForScript } from '../../core/escape.ts'
import type { Answer } from '../../http/respond.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import { type PageData, PREFIX } from '../protocol.ts'
import { ASSET_URLS } from './assets.ts'
import { pageHeaders } from './page-headers.ts'

/** `names` are those it begins with; without `data` there is no script and so no console. */
export function consolePage(names: readonly string[], data: PageData | undefined): Answer {
  const nonce = randomUUID().replaceAll('-', '')
  const scope =
    names.length === 0
      ? 'nothing but globals'
      : names.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')
  const script =
    data === undefined
      ? ''
      : `<script type="application/json" id="rocksolid-data" nonce="${nonce}">${jsonForScript(data)}</script>
<script src="${ASSET_URLS.script}" nonce="${nonce}"></script>`
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Console of this server</title>
<style nonce="${nonce}">${PAGE_STYLE}${STYLE}</style>
<link rel="stylesheet" href="${ASSET_URLS.style}" nonce="${nonce}">
</head>
<body>
<main class="rs-console-page">
<h1>Console of this server</h1>
<p>In scope: ${scope}. <a href="${PREFIX}/">Errors</a></p>
<div class="rs-console-slot" data-console="0.0"><p>The console needs JavaScript.</p></div>
</main>
<div id="rs-status" role="status"></div>
${script}
</body>
</html>
`
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: pageHeaders(nonce) }
}

const STYLE = `
.rs-console-page { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
.rs-console-page h1 { font-size: 1.25rem; }
`
