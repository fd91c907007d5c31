/** The document around the parts. */

import { stripAnsi } from '../../core/ansi.ts'
import { jsonForScript } from '../../core/escape.ts'
import { html, type Markup, NOTHING, trusted } from './markup.ts'
import { PAGE_STYLE } from './style.generated.ts'
import type { View } from './view.ts'

/** The whole page around `body`. */
export function layoutPart({ report, options, primary }: View, body: Markup): Markup {
  const error = report.errors[primary]
  const message = stripAnsi(error?.message ?? '').split('\n', 1)[0] ?? ''
  const title = `${error?.name ?? 'Error'}${message === '' ? '' : `: ${message.slice(0, 120)}`}`
  const nonce = options.nonce === undefined ? NOTHING : html` nonce="${options.nonce}"`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">${
    options.policy !== undefined &&
    html`
<meta http-equiv="Content-Security-Policy" content="${options.policy}">`
  }
<title>${title}</title>
<style${nonce}>${trusted(PAGE_STYLE)}</style>
${options.style !== undefined && html`<style${nonce}>${trusted(endProof(options.style))}</style>`}${
  options.styleUrl !== undefined && html`<link rel="stylesheet" href="${options.styleUrl}"${nonce}>`
}
</head>
<body>
${body}
${
  options.bootstrap !== undefined &&
  html`<script type="application/json" id="rocksolid-data"${nonce}>${trusted(jsonForScript(options.bootstrap))}</script>
`
}${
  options.script !== undefined &&
  html`<script${nonce}>${trusted(endProof(options.script))}</script>
`
}${
  options.scriptUrl !== undefined &&
  html`<script src="${options.scriptUrl}"${nonce}></script>
`
}</body>
</html>
`
}

/**
 * No text inside may end the element it stands in, nor open a comment: in a script that would hide its end, and
 * youch puts its own scripts wherever it finds a certain comment. Both spellings mean the same in strings.
 */
const endProof = (code: string): string =>
  code.replace(/<(\/(?:style|script)|!--)/gi, (_whole, rest: string) => `<\\${rest}`)
