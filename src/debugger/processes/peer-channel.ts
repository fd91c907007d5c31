/**
 * Messages between the workers of one cluster, over sockets in the folder that is this user's alone. Each is sealed
 * with a secret of the group over its text, its receiver and its time, and so is the answer: what was recorded cannot
 * be sent again or to another one, and nobody else can answer.
 */

import { createHmac, randomBytes } from 'node:crypto'
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { BoundedMap } from '../../core/bounded-map.ts'
import { ownServer } from '../../core/own-servers.ts'
import { readJson } from '../../http/read-json.ts'
import { BODY_LIMIT } from '../routes.ts'
import { type Secrets, secretEquals } from '../trust/pin.ts'

/** Where a worker is reached. */
export interface PeerAddress {
  readonly pid: number
  readonly socket: string
}

export type PeerMessage = Readonly<Record<string, unknown>>

export interface PeerChannel {
  /** Rejects when the worker is gone, needs more than `timeoutMs` or 32 MiB to answer, or is none of the group. */
  ask(to: PeerAddress, message: PeerMessage, timeoutMs: number): Promise<unknown>
  /** A server that calls `answer` for messages of the group to this process, each once, and refuses all others. */
  serve(answer: (message: PeerMessage, req: IncomingMessage) => Promise<unknown>): Server
}

const SEAL_HEADER = 'x-rocksolid-peer'
/** A message older than this is refused; clocks of one machine agree. */
const MAX_AGE_MS = 60_000
/** Messages remembered so that none is taken twice: more of them in a minute have the oldest be forgotten. */
const MAX_REMEMBERED = 20_000
const MAX_ANSWER = 32 * 1024 * 1024

export function openPeerChannel({ cookieKey }: Pick<Secrets, 'cookieKey'>): PeerChannel {
  const secret = createHmac('sha256', cookieKey).update('rocksolid.peers').digest()
  const seen = new BoundedMap<string, true>({ maxEntries: MAX_REMEMBERED, maxAgeMs: 2 * MAX_AGE_MS })
  const seal = (...parts: readonly (string | number)[]): string =>
    createHmac('sha256', secret).update(parts.join('\n')).digest('base64url')

  /** The number of a message that is to this process, whole and new. */
  function numberOf(given: unknown, text: string): string | undefined {
    const [, at = '', number = '', mac = ''] = SEAL.exec(String(given)) ?? []
    const age = Math.abs(Date.now() - Number(at))
    if (mac === '' || !secretEquals(mac, seal('ask', process.pid, at, number, text))) return undefined
    if (age > MAX_AGE_MS || seen.has(number)) return undefined
    seen.set(number, true)
    return number
  }

  return {
    async ask(to, message, timeoutMs) {
      const text = JSON.stringify(message)
      const [at, number] = [Date.now(), randomBytes(16).toString('base64url')]
      const sealed = `${at}.${number}.${seal('ask', to.pid, at, number, text)}`
      const reply = await send(to.socket, text, sealed, timeoutMs)
      if (!secretEquals(reply.seal, seal('answer', number, reply.text)))
        throw new Error('The answer is not one of a worker of this group.')
      return JSON.parse(reply.text) as unknown
    },
    serve: (answer) =>
      ownServer(
        http.createServer((req, res) => {
          void take(req, res, numberOf, async (message, number) => {
            const text = JSON.stringify((await answer(message, req)) ?? null)
            return { text, seal: seal('answer', number, text) }
          })
        }),
      ),
  }
}

const SEAL = /^(\d{13,15})\.([\w-]{22})\.([\w-]{43})$/

/** Never rejects. */
async function take(
  req: IncomingMessage,
  res: ServerResponse,
  numberOf: (given: unknown, text: string) => string | undefined,
  answer: (message: PeerMessage, number: string) => Promise<{ readonly text: string; readonly seal: string }>,
): Promise<void> {
  // The text is what is sealed, so it is sent within one member.
  const body = await readJson(req, 2 * BODY_LIMIT)
  const text = body.ok && typeof body.value.text === 'string' ? body.value.text : undefined
  const number = text === undefined ? undefined : numberOf(req.headers[SEAL_HEADER], text)
  try {
    if (text === undefined || number === undefined) throw new Error('no worker of this group')
    const given = await answer(JSON.parse(text) as PeerMessage, number)
    res.setHeader(SEAL_HEADER, given.seal)
    res.setHeader('content-type', 'application/json')
    res.end(given.text)
  } catch {
    res.statusCode = 403
    res.end()
  }
}

function send(
  socketPath: string,
  text: string,
  sealed: string,
  timeoutMs: number,
): Promise<{ readonly text: string; readonly seal: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', [SEAL_HEADER]: sealed }
    const signal = AbortSignal.timeout(timeoutMs)
    const req = http.request({ socketPath, method: 'POST', headers, signal, agent: false }, (res) => {
      const chunks: Buffer[] = []
      let size = 0
      res.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_ANSWER) res.destroy(new Error('The answer is too large.'))
        else chunks.push(chunk)
      })
      res.on('error', reject)
      res.on('end', () =>
        resolve({ text: Buffer.concat(chunks).toString('utf8'), seal: String(res.headers[SEAL_HEADER]) }),
      )
    })
    req.on('error', reject)
    req.end(JSON.stringify({ text }))
  })
}
