/** Uses a debugger as its page does: reads the page's data, unlocks, evaluates. */

import type { EvaluateAnswer, PageData } from '../../src/debugger/protocol.ts'
import { type RawReply, request } from './request.ts'

export interface DebuggerClient {
  readonly page: RawReply
  readonly data: PageData
  /** `errorIndex.frameIndex` of every live frame, as the page marks them. */
  readonly live: readonly string[]
  /** The headers by which this browser is known: its token, and its session when it has been unlocked. */
  credentials(): Readonly<Record<string, string>>
  /** POSTs as the page of this browser would; headers can be overridden. */
  post(action: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<RawReply>
  unlock(secret: { readonly pin: string } | { readonly key: string }): Promise<RawReply>
  /** Evaluates in a frame of this page. */
  evaluate(frame: string, code: string): Promise<EvaluateAnswer>
}

/** How a client reaches the server. */
export interface ClientOptions {
  readonly secure?: boolean
  readonly socketPath?: string
  readonly address?: string
  /** Sent with every request: what a proxy in front adds or changes. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Opens the page of a request that fails. */
export async function openErrorPage(
  port: number,
  path: string,
  options: ClientOptions = {},
): Promise<DebuggerClient> {
  const { headers: always = {}, ...way } = options
  const scheme = way.secure === true ? 'https' : 'http'
  const page = await request({ port, path, headers: { accept: 'text/html', ...always }, ...way })
  const data = pageData(page.body)
  let cookie = ''
  let proof = ''
  const credentials = (): Record<string, string> => ({
    'x-rocksolid-token': data.token,
    ...(cookie === '' ? {} : { cookie }),
    ...(proof === '' ? {} : { 'x-rocksolid-proof': proof }),
  })
  const post: DebuggerClient['post'] = async (action, body, headers = {}) => {
    const reply = await request({
      ...way,
      port,
      method: 'POST',
      path: `${data.base ?? ''}/__rocksolid/${action}`,
      headers: {
        'content-type': 'application/json',
        origin: `${scheme}://localhost:${port}`,
        'sec-fetch-site': 'same-origin',
        ...credentials(),
        ...always,
        ...headers,
      },
      body: JSON.stringify(body),
    })
    const set = reply.headers['set-cookie']?.[0]?.split(';')[0]
    if (set !== undefined) cookie = set
    proof = /"proof":"([\w-]{43})"/.exec(reply.body)?.[1] ?? proof
    return reply
  }
  return {
    page,
    data,
    credentials,
    live: [...page.body.matchAll(/data-console="(\d+\.\d+)"/g)].map((match) => match[1] as string),
    post,
    unlock: (secret) => post('unlock', secret),
    evaluate: async (frame, code) => {
      const reply = await post('evaluate', { error: data.error, frame, code })
      if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body}`)
      return JSON.parse(reply.body) as EvaluateAnswer
    },
  }
}

/** The data a page carries for its client. */
export function pageData(html: string): PageData {
  const match = /<script[^>]*id="rocksolid-data"[^>]*>([\s\S]*?)<\/script>/.exec(html)
  if (match === null) throw new Error(`The page carries no data:\n${html.slice(0, 2000)}`)
  return JSON.parse(match[1] as string) as PageData
}
