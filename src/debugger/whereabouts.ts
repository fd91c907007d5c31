/**
 * Where the debugger is reached. Its server tells when it listens; that it stands below a mount is known from the first
 * request that comes by it, unless the option `mount` says so. Whoever was told the address of the root is told again.
 */

import type { IncomingMessage, Server } from 'node:http'
import type { Server as NetServer } from 'node:net'
import { enterMount, mountOf } from '../http/mount.ts'
import type { Announcer } from './announce.ts'
import type { FailureDetails } from './failure-details.ts'
import { type Listening, listeningOf, onListen } from './on-listen.ts'
import type { Presence } from './processes/presence.ts'

/** Who is told. */
interface Told {
  readonly announcer: Announcer
  readonly presence: Presence
  readonly trusts: (req: IncomingMessage) => boolean
}

export class Whereabouts {
  readonly #told: Told
  /** By the option. */
  readonly #mount: string | undefined
  #listening: Listening | undefined
  #isKnown: boolean
  #stopWaiting: () => void = () => {}

  constructor(mount: string | undefined, told: Told) {
    this.#mount = mount
    this.#isKnown = mount !== undefined
    this.#told = told
  }

  /** Tells the address once a server that `isOurs` listens. */
  await(isOurs: (server: Server) => boolean): void {
    this.#stopWaiting = onListen(isOurs, (listening) => this.#listens(listening))
  }

  /** Tells the address of a server that listens; of the first one only. */
  is(server: NetServer): void {
    const listening = listeningOf(server)
    if (listening !== undefined) this.#listens(listening)
  }

  /** A request has come to the debugger. The first one decides; a stranger's path decides nothing. */
  came(req: IncomingMessage): void {
    if (this.#mount !== undefined) enterMount(req, this.#mount)
    if (this.#isKnown || this.#listening === undefined) return
    const mount = mountOf(req)
    if (mount !== '' && !this.#told.trusts(req)) return
    this.#isKnown = true
    if (mount === '') return
    const { announcer, presence } = this.#told
    if (presence.isFirst) announcer.below(this.#listening.origin, mount)
    presence.listens(this.#listening.url + mount)
  }

  /** Below which path whoever asked finds the page of a failure. */
  mountFor(req: IncomingMessage, { mount }: FailureDetails): string {
    return this.#mount ?? mount ?? mountOf(req)
  }

  /** What a browser has to put before the debugger's own path. */
  below(origin: string): string {
    return origin.replace(/\/+$/, '') + (this.#mount ?? '')
  }

  close(): void {
    this.#stopWaiting()
  }

  #listens(listening: Listening): void {
    if (this.#listening !== undefined) return
    this.#listening = listening
    const { announcer, presence } = this.#told
    if (presence.isFirst) announcer.listening(listening, this.#mount ?? '')
    presence.listens(this.below(listening.url))
  }
}
