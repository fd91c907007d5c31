/** What all pages share, in files of their own that browsers keep: their names change with their content. */

import { createHash } from 'node:crypto'
import { type Answer, jsonAnswer } from '../../http/respond.ts'
import { CLIENT_SCRIPT, CLIENT_STYLE } from '../client.generated.ts'
import { PREFIX, type Refusal } from '../protocol.ts'

const hash = createHash('sha256').update(CLIENT_SCRIPT).update(CLIENT_STYLE).digest('hex').slice(0, 16)

const FILES: Readonly<Record<string, Pick<Answer, 'type' | 'body'>>> = {
  [`${hash}-js`]: { type: 'text/javascript; charset=utf-8', body: CLIENT_SCRIPT },
  [`${hash}-css`]: { type: 'text/css; charset=utf-8', body: CLIENT_STYLE },
}

/** The addresses of the script and its style sheet, below a path (see mount). */
export const assetUrls = (base: string): { readonly script: string; readonly style: string } => ({
  script: `${base}${PREFIX}/assets/${hash}-js`,
  style: `${base}${PREFIX}/assets/${hash}-css`,
})

/** The file under a name. */
export function assetAnswer(name: string): Answer {
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined
  if (file === undefined) {
    const explanation = 'The page that asks is of another version of this server. Reload it.'
    return jsonAnswer(404, { error: 'No such file', explanation } satisfies Refusal)
  }
  const headers = {
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
  return { status: 200, ...file, headers }
}
