/**
 * The workers of one cluster answer for each other: a request about an error is passed on to the worker that owns it.
 * Who asks has passed the guard of the worker that was asked. PINs are all decided by one of them, the keeper, so that
 * guesses wait for each other wherever they land.
 */

import { unlinkSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { type Answer, jsonAnswer } from '../../http/respond.ts'
import type { ErrorSummary } from '../protocol.ts'
import type { Route, RouteCall } from '../routes.ts'
import type { AttemptResult } from '../trust/attempts.ts'
import type { Secrets } from '../trust/pin.ts'
import { ownerOf } from './error-id.ts'
import { answerFrom, asRecord, attemptFrom, summariesFrom } from './peer-answers.ts'
import { openPeerChannel, type PeerAddress, type PeerMessage } from './peer-channel.ts'
import { type Registration, registrations } from './registration.ts'
import { runtimeFolder } from './runtime-folder.ts'

/** What a worker is told without being asked. */
export interface PeerNews {
  readonly name: 'arm' | 'disarm' | 'lock' | 'failed' | 'forgiven'
  readonly body: Readonly<Record<string, unknown>>
}

export interface Peers {
  /** Where the others reach this one; undefined before it is open. */
  readonly socket: string | undefined
  /** Routes that pass on what is about an error of another worker. */
  forwarding(routes: readonly Route[]): readonly Route[]
  /** The errors of the others, a list for each that has answered within `timeoutMs`, and how many have not. */
  errors(timeoutMs: number): Promise<PeerLists>
  /** Has the keeper decide about a PIN; undefined where that is this worker, or it does not answer. */
  attempt(pin: string): Promise<AttemptResult | undefined>
  tell(news: PeerNews): void
  close(): void
}

/** What the other workers keep. */
export interface PeerLists {
  readonly lists: readonly (readonly ErrorSummary[])[]
  /** Workers that have not answered. */
  readonly silent: number
}

/** What a peer answers with. */
export interface PeerHandlers {
  readonly routes: readonly Route[]
  readonly list: () => readonly ErrorSummary[]
  readonly attempt: (pin: string) => Promise<AttemptResult>
  readonly onNews: (news: PeerNews) => void
}

/** Milliseconds for news that every worker is told. */
const NEWS_TIMEOUT_MS = 2000
/** A page is there or not; an action may take as long as a console may. */
const PAGE_TIMEOUT_MS = 15_000
const ACTION_TIMEOUT_MS = 610_000
/** Longer than an attempt may wait. */
const ATTEMPT_TIMEOUT_MS = 40_000
/** Headers of a request that decide about its answer. */
const PASSED_HEADERS = [
  'accept',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'service-worker-navigation-preload',
  'cookie',
] as const

/** Opens the socket; `onOpen` is called with its path when it can be reached. Never throws. */
export function openPeers(secrets: Secrets, handlers: PeerHandlers, onOpen: (socket: string) => void): Peers {
  const channel = openPeerChannel(secrets)
  const path = socketPath(secrets.instance)
  const server = channel.serve((message, req) => answerTo(message, req, handlers))
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

  const group = (): readonly (Registration & PeerAddress)[] =>
    registrations().filter(
      (one): one is Registration & PeerAddress =>
        one.instance === secrets.instance && typeof one.socket === 'string',
    )
  const others = (): readonly PeerAddress[] => group().filter((one) => one.pid !== process.pid)

  async function passOn(route: Route, call: RouteCall, owner: number): Promise<Answer | undefined> {
    const target = others().find((one) => one.pid === owner)
    if (target === undefined) return undefined
    const { id, body, req } = call
    const given = PASSED_HEADERS.flatMap((name) => {
      const value = req.headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    const message = { route: `${route.method} ${route.path}`, id, body, headers: Object.fromEntries(given) }
    const timeoutMs = route.method === 'GET' ? PAGE_TIMEOUT_MS : ACTION_TIMEOUT_MS
    return answerFrom(await channel.ask(target, message, timeoutMs).catch(() => undefined))
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
    async errors(timeoutMs) {
      const asked = others().map((one) => channel.ask(one, { list: true }, timeoutMs))
      const answers = await Promise.allSettled(asked)
      const lists = answers.flatMap((one) => (one.status === 'fulfilled' ? [summariesFrom(one.value)] : []))
      return { lists, silent: answers.length - lists.length }
    },
    async attempt(pin) {
      const keeper = keeperOf(group())
      if (keeper === undefined || keeper.pid === process.pid) return undefined
      return attemptFrom(await channel.ask(keeper, { pin }, ATTEMPT_TIMEOUT_MS).catch(() => undefined))
    },
    tell(news) {
      for (const one of others()) channel.ask(one, { news }, NEWS_TIMEOUT_MS).catch(() => {})
    },
    close() {
      server.close()
      server.closeAllConnections()
      if (path !== undefined && process.platform !== 'win32') removeSocket(path)
    },
  }
}

/** The worker that has run longest: all agree about it, and it changes as seldom as can be. */
function keeperOf(group: readonly (Registration & PeerAddress)[]): PeerAddress | undefined {
  return [...group].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid)[0]
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

async function answerTo(
  message: PeerMessage,
  req: IncomingMessage,
  { routes, list, attempt, onNews }: PeerHandlers,
): Promise<unknown> {
  if (message.list === true) return list()
  if (typeof message.pin === 'string') return await attempt(message.pin)
  if (message.news !== undefined) {
    onNews(message.news as PeerNews)
    return {}
  }
  const route = routes.find((one) => `${one.method} ${one.path}` === message.route)
  const { id, body, headers } = message
  // The request as it came to the worker that was asked first.
  const asked = Object.create(req, { headers: { value: asRecord(headers) } }) as IncomingMessage
  try {
    if (route === undefined) throw new Error('The workers run different versions.')
    return await route.handle({ req: asked, id: String(id), body: asRecord(body) })
  } catch (error) {
    return jsonAnswer(500, { error: 'Debugger failed', explanation: String(error) })
  }
}
