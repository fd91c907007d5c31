/** Speaks the debugger's JSON API (docs/reference/api.md) with a server of this user, unlocked by its file. */

import http from 'node:http'
import https from 'node:https'
import type { Registration } from '../../debugger/processes/registration.ts'
import { type Actions, PREFIX, PROOF_HEADER, type Refusal, TOKEN_HEADER } from '../../debugger/protocol.ts'

/** What the server refused, with its reason. */
export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly status: number

  constructor(status: number, { error, explanation }: Refusal) {
    super(`${error}. ${explanation}`)
    this.status = status
  }
}

export interface DebuggerApi {
  /**
   * Asks for an action; unlocks before when that is needed.
   * @throws {RefusedError} when it is refused, or the server's own error when it cannot be reached
   */
  ask<A extends keyof Actions>(action: A, body: Actions[A]['request']): Promise<Actions[A]['answer']>
}

/** Milliseconds of silence after which a server counts as gone; a console may take as long as its own limit. */
const SILENCE_MS = 610_000
/** Bytes of an answer. */
const MAX_ANSWER = 32 * 1024 * 1024

export function debuggerApi({ url, token, key }: Registration): DebuggerApi {
  let session: Readonly<Record<string, string>> = {}

  async function post(action: string, body: unknown): Promise<unknown> {
    const reply = await send(`${url}${PREFIX}/${action}`, { [TOKEN_HEADER]: token, ...session }, body)
    if (reply.status !== 200) throw new RefusedError(reply.status, reply.body as Refusal)
    const { proof } = reply.body as { readonly proof?: unknown }
    const cookie = reply.cookie?.split(';')[0]
    if (typeof proof === 'string' && cookie !== undefined) session = { [PROOF_HEADER]: proof, cookie }
    return reply.body
  }

  return {
    async ask<A extends keyof Actions>(action: A, body: Actions[A]['request']) {
      try {
        return (await post(action, body)) as Actions[A]['answer']
      } catch (error) {
        if (!(error instanceof RefusedError) || error.status !== 401) throw error
        await post('unlock', { key })
        return (await post(action, body)) as Actions[A]['answer']
      }
    },
  }
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly cookie: string | undefined
}

function send(url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith('https:')
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      timeout: SILENCE_MS,
      // The certificate of a development server is signed by nobody; its address and pid come from its own file.
      ...(isSecure ? { rejectUnauthorized: false } : {}),
    }
    const req = (isSecure ? https : http).request(url, options, (res) => {
      let text = ''
      res.setEncoding('utf8')
      res.on('data', (chunk: string) => {
        text += chunk
        if (text.length > MAX_ANSWER) res.destroy(new Error('The answer is too large.'))
      })
      res.on('error', reject)
      res.on('end', () => {
        try {
          const cookie = res.headers['set-cookie']?.[0]
          resolve({ status: res.statusCode ?? 0, body: JSON.parse(text) as unknown, cookie })
        } catch {
          reject(new Error(`${url} does not answer as a debugger does (status ${res.statusCode}).`))
        }
      })
    })
    req.on('timeout', () => req.destroy(new Error(`${url} does not answer.`)))
    req.on('error', reject)
    req.end(JSON.stringify(body))
  })
}
