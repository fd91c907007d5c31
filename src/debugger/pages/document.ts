/** The document around the pages that are drawn beside the report: head, style, script, and a nonce for what is in it. */

import { randomUUID } from 'node:crypto'
import { jsonForScript } from '../../core/escape.ts'
import type { Answer } from '../../http/respond.ts'
import { html, type Markup, NOTHING, trusted } from '../../report/html/markup.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import type { PageData } from '../protocol.ts'
import { assetUrls } from './assets.ts'
import { pageHeaders } from './page-headers.ts'

interface Page {
  readonly status: number
  readonly title: string
  /** What stands in the body. */
  readonly main: Markup
  /** For pages that the client's script works on: the script comes only with `data`; `base` see mount. */
  readonly client?: { readonly data: PageData | undefined; readonly base: string }
}

export function pageAnswer({ status, title, main, client }: Page): Answer {
  const nonce = randomUUID().replaceAll('-', '')
  const style =
    client &&
    html`<link rel="stylesheet" href="${assetUrls(client.base).style}" nonce="${nonce}">
`
  const body = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${trusted(PAGE_STYLE)}</style>
${style}</head>
<body>
${main}
${client?.data === undefined ? NOTHING : clientScript(client.data, nonce, assetUrls(client.base).script)}</body>
</html>
`
  return { status, type: 'text/html; charset=utf-8', body: body.text, headers: pageHeaders(nonce) }
}

const clientScript = (data: PageData, nonce: string, url: string): Markup =>
  html`<script type="application/json" id="rocksolid-data" nonce="${nonce}">${trusted(jsonForScript(data))}</script>
<script src="${url}" nonce="${nonce}"></script>
`
