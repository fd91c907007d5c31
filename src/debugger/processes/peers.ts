/**
 * The workers of one cluster answer for each other: a request about an error is passed on to the worker that owns it,
 * over a socket in the folder that is this user's alone. Who asks has passed the guard of the worker that was asked,
 * and proves with a secret of the group that it is one of it.
 */

import { createHmac } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { readJson } from '../../http/read-json.ts'
import { type Answer, jsonAnswer } from '../../http/respond.ts'
import type { ErrorSummary } from '../protocol.ts'
import { BODY_LIMIT, type Route, type RouteCall } from '../routes.ts'
import { type Secrets, secretEquals } from '../trust/pin.ts'
import { ownerOf } from './error-id.ts'
import { registrations } from './registration.ts'
import { runtimeFolder } from './runtime-folder.ts'

/** What a worker is told without being asked. */
export interface PeerNews {
  readonly name: 'arm' | 'disarm' | 'lock'
  readonly body: Readonly<Record<string, unknown>>
}

export interface Peers {
  /** Where the others reach this one; undefined before it is open. */
  readonly socket: string | undefined
  /** Routes that pass on what is about an error of another worker. */
  forwarding(routes: readonly Route[]): readonly Route[]
  /** The errors of the others, a list for each. */
  errors(): Promise<readonly (readonly ErrorSummary[])[]>
  tell(news: PeerNews): void
  close(): void
}

/** What a peer answers with. */
export interface PeerHandlers {
  readonly routes: readonly Route[]
  readonly list: () => readonly ErrorSummary[]
  readonly onNews: (news: PeerNews) => void
}

const SECRET_HEADER = 'x-rocksolid-peer'
/** Milliseconds for what every worker is asked; one that hangs must not hide the errors of the others. */
const LIST_TIMEOUT_MS = 2000
/** Headers of a request that decide about its answer. */
const PASSED_HEADERS = ['accept', 'sec-fetch-dest', 'sec-fetch-mode', 'cookie'] as const

/** Opens the socket; `onOpen` is called with its path when it can be reached. Never throws. */
export function openPeers(secrets: Secrets, handlers: PeerHandlers, onOpen: (socket: string) => void): Peers {
  const secret = createHmac('sha256', secrets.cookieKey).update('rocksolid.peers').digest('base64url')
  const path = socketPath(secrets.instance)
  const server = http.createServer((req, res) => void answerPeer(req, res, secret, handlers))
  let socket: string | undefined
  server.on('error', () => {})
  if (path !== undefined) {
    // A worker listens by itself here, not through its primary.
    server.listen({ path, exclusive: true }, () => {
      socket = path
      onOpen(path)
    })
    server.unref()
  }

  const others = (): readonly { readonly pid: number; readonly socket: string }[] =>
    registrations().flatMap((one) =>
      one.instance === secrets.instance && one.pid !== process.pid && one.socket !== undefined
        ? [{ pid: one.pid, socket: one.socket }]
        : [],
    )

  async function passOn(route: Route, call: RouteCall, owner: number): Promise<Answer | undefined> {
    const target = others().find((one) => one.pid === owner)
    if (target === undefined) return undefined
    const { id, body, req } = call
    const given = PASSED_HEADERS.flatMap((name) => {
      const value = req.headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    const headers = Object.fromEntries(given)
    const message = { route: `${route.method} ${route.path}`, id, body }
    return (await ask(target.socket, secret, message, headers).catch(() => undefined)) as Answer | undefined
  }

  return {
    get socket() {
      return socket
    },
    forwarding: (routes) =>
      routes.map((route) => ({
        ...route,
        handle: async (call) => {
          const about = call.id === '' ? call.body.error : call.id
          const owner = typeof about === 'string' ? ownerOf(about) : undefined
          const isElsewhere = owner !== undefined && owner !== process.pid
          // One whose worker is gone is expired here as well.
          return (isElsewhere ? await passOn(route, call, owner) : undefined) ?? (await route.handle(call))
        },
      })),
    async errors() {
      const answers = await Promise.all(
        others().map((one) => ask(one.socket, secret, { list: true }, {}, LIST_TIMEOUT_MS).catch(() => [])),
      )
      return answers.map((answer) => answer as readonly ErrorSummary[])
    },
    tell(news) {
      for (const one of others()) ask(one.socket, secret, { news }, {}, LIST_TIMEOUT_MS).catch(() => {})
    },
    close() {
      server.close()
      server.closeAllConnections()
      if (path !== undefined && process.platform !== 'win32') removeSocket(path)
    },
  }
}

/** Removes the socket of a process that ends; a server that closes in time removes its own. */
function removeSocket(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Closed in time.
  }
}

function socketPath(instance: string): string | undefined {
  const name = `${process.pid}-${instance}.sock`
  if (process.platform === 'win32') return `\\\\.\\pipe\\rocksolid-${name}`
  const folder = runtimeFolder()
  return folder === undefined ? undefined : join(folder, name)
}

async function answerPeer(
  req: IncomingMessage,
  res: ServerResponse,
  secret: string,
  handlers: PeerHandlers,
): Promise<void> {
  const given = req.headers[SECRET_HEADER]
  const isPeer = typeof given === 'string' && secretEquals(given, secret)
  const body = isPeer ? await readJson(req, BODY_LIMIT * 2) : undefined
  if (body?.ok !== true) {
    res.statusCode = 403
    res.end()
    return
  }
  const answer = await answerTo(body.value, req, handlers).catch((error: unknown) =>
    jsonAnswer(500, { error: 'Debugger failed', explanation: String(error) }),
  )
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify(answer))
}

async function answerTo(
  message: Readonly<Record<string, unknown>>,
  req: IncomingMessage,
  { routes, list, onNews }: PeerHandlers,
): Promise<unknown> {
  if (message.list === true) return list()
  if (message.news !== undefined) {
    onNews(message.news as PeerNews)
    return {}
  }
  const route = routes.find((one) => `${one.method} ${one.path}` === message.route)
  if (route === undefined) throw new Error('The workers run different versions.')
  return await route.handle({ req, id: String(message.id), body: message.body as RouteCall['body'] })
}

function ask(
  socketPath: string,
  secret: string,
  message: object,
  headers: Readonly<Record<string, string>>,
  timeout = 0,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, 'content-type': 'application/json', [SECRET_HEADER]: secret }
    const options = { socketPath, method: 'POST', headers: sent, timeout, agent: false }
    const req = http.request(options, (res) => {
      let text = ''
      res.setEncoding('utf8')
      res.on('data', (chunk: string) => {
        text += chunk
      })
      res.on('error', reject)
      res.on('end', () => {
        try {
          resolve(JSON.parse(text))
        } catch (error) {
          reject(error)
        }
      })
    })
    req.on('timeout', () => req.destroy(new Error('The worker does not answer.')))
    req.on('error', reject)
    req.end(JSON.stringify(message))
  })
}
