/**
 * What others know of this process: the file by which programs of the same user find it, and in a worker of a cluster
 * the secrets and the socket it shares with the other workers. Outside of development there is none of it.
 */

import type { ErrorSummary } from '../protocol.ts'
import type { Route } from '../routes.ts'
import { Attempts } from '../trust/attempts.ts'
import { normalPin, type Secrets, secretEquals } from '../trust/pin.ts'
import { groupSecrets, leaveGroup } from './group.ts'
import { GroupAttempts, type PinAttempts } from './group-attempts.ts'
import { mergeLists } from './merge-lists.ts'
import { openPeers, type PeerHandlers, type PeerNews, type Peers } from './peers.ts'
import { register } from './registration.ts'

export interface Presence {
  readonly secrets: Secrets
  /** False in a worker whose group has its secrets already: the first one has printed them. */
  readonly isFirst: boolean
  /** Attempts at the PIN, counted over all workers. */
  readonly attempts: PinAttempts
  /** Begins to answer for other workers; gives back the routes that pass on what is theirs. */
  open(handlers: Omit<PeerHandlers, 'attempt'>): readonly Route[]
  /** The server listens: now it can be found. */
  listens(url: string): void
  /** The errors of all workers, the newest first; waits `timeoutMs` for them. Never rejects. @default 2000 */
  errors(own: readonly ErrorSummary[], timeoutMs?: number): Promise<ErrorList>
  tell(news: PeerNews): void
  close(): void
}

/** What the workers of a server keep. */
export interface ErrorList {
  readonly errors: readonly ErrorSummary[]
  /** Workers that have not answered, whose errors are missing. */
  readonly silent: number
}

/** One that hangs must not hide the errors of the others. */
const LIST_TIMEOUT_MS = 2000

export function makePresence({ pin, evalex }: { pin: string | undefined; evalex: boolean }): Presence {
  const isKnown = evalex && process.env.NODE_ENV !== 'production'
  const group = groupSecrets(pin, isKnown)
  const { secrets, isFirst, isShared } = group
  let url: string | undefined
  const startedAt = Date.now()
  let peers: Peers | undefined
  let unregister = (): void => {}
  const isPin = (pin: string): boolean => secretEquals(normalPin(pin), normalPin(secrets.pin))
  const attempts = new GroupAttempts(new Attempts(), isPin, () => peers)

  function announce(): void {
    if (!isKnown || url === undefined) return
    process.off('exit', leave)
    process.on('exit', leave)
    const { instance, token, key } = secrets
    unregister()
    unregister = register({
      pid: process.pid,
      instance,
      url,
      token,
      key,
      cwd: process.cwd(),
      script: process.argv[1] ?? '',
      startedAt,
      ...(peers?.socket === undefined ? {} : { socket: peers.socket }),
    })
  }

  /**
   * Leaves nothing behind at an ordinary end. What a signal leaves, whoever comes next removes: with a listener for
   * signals of our own none would end a process any more that hangs in a loop or in the pause of a debugger.
   */
  function leave(): void {
    unregister()
    peers?.close()
    leaveGroup(group)
  }

  return {
    secrets,
    isFirst,
    attempts,
    open(handlers) {
      if (!isShared) return handlers.routes
      const onNews = (news: PeerNews): void => {
        attempts.hear(news)
        handlers.onNews(news)
      }
      const attempt = (pin: string) => attempts.decide(pin)
      peers = openPeers(secrets, { ...handlers, attempt, onNews }, announce)
      return peers.forwarding(handlers.routes)
    },
    listens(at) {
      url = at
      announce()
    },
    async errors(own, timeoutMs = LIST_TIMEOUT_MS) {
      if (peers === undefined) return { errors: own, silent: 0 }
      const { lists, silent } = await peers.errors(timeoutMs)
      return { errors: mergeLists([own, ...lists]), silent }
    },
    tell: (news) => peers?.tell(news),
    close() {
      process.off('exit', leave)
      leave()
    },
  }
}
