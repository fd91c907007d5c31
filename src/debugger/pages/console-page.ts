/** The page of the standalone console: one console and its lock, nothing else. */

import { randomUUID } from 'node:crypto'
import { escapeHtml, jsonForScript } from '../../core/escape.ts'
import type { Answer } from '../../http/respond.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import { type PageData, PREFIX } from '../protocol.ts'
import { assetUrls } from './assets.ts'
import { pageHeaders } from './page-headers.ts'

/** `names` are those it begins with; without `data` there is no script and so no console. */
export function consolePage(names: readonly string[], data: PageData | undefined, base: string): Answer {
  const urls = assetUrls(base)
  const nonce = randomUUID().replaceAll('-', '')
  const scope =
    names.length === 0
      ? 'nothing but globals'
      : names.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')
  const script =
    data === undefined
      ? ''
      : `<script type="application/json" id="rocksolid-data" nonce="${nonce}">${jsonForScript(data)}</script>
<script src="${urls.script}" nonce="${nonce}"></script>`
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Console of this server</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
<link rel="stylesheet" href="${urls.style}" nonce="${nonce}">
</head>
<body>
<main class="rs-list-page">
<header class="rs-list-head"><h1>Console of this server</h1><div id="rs-status" role="status"></div><div class="rs-history"><a href="${base}${PREFIX}/">All errors</a></div><div id="rs-toolbar"></div></header>
<p class="rs-note">In scope: ${scope}</p>
<div class="rs-frames"><div class="rs-console-slot" data-console="0.0"><p class="rs-note">The console needs JavaScript.</p></div></div>
</main>
${script}
</body>
</html>
`
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: pageHeaders(nonce) }
}
