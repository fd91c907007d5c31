/**
 * One debugger: watches requests, turns what they throw into a kept traceback and an answer, and serves the console.
 * The wrappers (with-debugger, debug-errors) only decide when it is called.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as NetServer } from 'node:net'
import { type StoryContext, stories, storyContext } from '../core/story.ts'
import { errorStatus } from '../http/error-status.ts'
import { noteFailure } from '../http/failures.ts'
import { replaceOrCut } from '../http/respond.ts'
import { errorChain } from '../report/error-chain.ts'
import { type Announcer, makeAnnouncer } from './announce.ts'
import { bareAnswer } from './bare-answer.ts'
import { type Capturer, openCapturer } from './capture/capturer.ts'
import { WatchedRequest } from './capture/request-context.ts'
import type { StackView, Thrown } from './capture/stack-view.ts'
import { standaloneOf } from './console/standalone.ts'
import { consoleRoutes } from './console-routes.ts'
import { errorHeaders, withHeaders } from './error-headers.ts'
import type { FailureDetails } from './failure-details.ts'
import { addressOf, baseOf } from './mount.ts'
import { answerNearRoutes } from './not-found.ts'
import type { ResolvedDebuggerOptions } from './options.ts'
import { historyLinks } from './pages/history-links.ts'
import { watchWith } from './passage.ts'
import { plainError } from './plain-error.ts'
import { newErrorId } from './processes/error-id.ts'
import { hearNews } from './processes/hear-news.ts'
import { makePresence, type Presence } from './processes/presence.ts'
import { PREFIX } from './protocol.ts'
import { hasBody, keepBody, keepEntrance } from './replay/kept-requests.ts'
import { answerRoute, isDebuggerRequest, type Route } from './routes.ts'
import { raiseStackTraceLimit } from './stack-trace-limit.ts'
import { routesOf } from './story/routes-of.ts'
import { hearBody, Stories } from './story/stories.ts'
import { tell } from './tell.ts'
import { type Traceback, Tracebacks } from './tracebacks.ts'
import { type Guard, makeGuard } from './trust/guard.ts'
import type { Verdict } from './trust/local-guard.ts'
import type { Secrets } from './trust/pin.ts'
import { opensAsDocument } from './trust/request-origin.ts'
import { makeSessions } from './trust/session-cookie.ts'
import { Whereabouts } from './whereabouts.ts'

export interface Debugger {
  /** Prints the link once a server that `isOurs` listens. */
  announceWhenListening(isOurs: (server: Server) => boolean): void
  /** Prints the link of a server that listens; of the first one only. */
  announceListening(server: NetServer): void
  /** Answers a request for the debugger itself; false when it is one for the application. */
  serve(req: IncomingMessage, res: ServerResponse): boolean
  /** The context to handle a request in; undefined when it is handled in that already. See passage. */
  follow(req: IncomingMessage, res: ServerResponse): StoryContext | undefined
  /** Runs `handle` as part of a watched request; its throws are captured, now and later. */
  watch<T>(req: IncomingMessage, res: ServerResponse, handle: () => T): T
  /** Watches a request from here on in the current asynchronous context, for middleware that cannot wrap. */
  watchFromHere(req: IncomingMessage, res: ServerResponse): void
  /** Answers a request that nobody took, telling of near routes to who may see them. Never throws. */
  notFound(req: IncomingMessage, res: ServerResponse): void
  /** Answers a request that failed. Never throws and never rejects. */
  fail(error: unknown, req: IncomingMessage, res: ServerResponse, details?: FailureDetails): Promise<void>
  /** Reports an error of a request that somebody else answers; gives back the id at once. Never throws. */
  note(error: unknown, req: IncomingMessage, res: ServerResponse, details?: FailureDetails): string
  /** Whether a request may see the pages of errors. */
  trusts(req: IncomingMessage): boolean
  /** False for the stand-in of production, which answers with an id only. */
  readonly isLive: boolean
  /** Hears of each throw while a request is watched, caught or not. @returns ends it */
  onThrow(listener: (thrown: Thrown) => void): () => void
  /** The stack that is running now; undefined where it cannot be read. */
  stack(): StackView | undefined
  /** The address that unlocks the console in a browser, below an origin such as `http://localhost:5000`. */
  unlockUrl(origin: string): string
  readonly pin: string
  /** Below the mount: all paths below this one are the debugger's. */
  readonly path: string
  /** Forgets all errors; consoles opened before answer that they are over. */
  close(): void
}

/** `app` is what the standalone console has in scope under that name. */
export function makeDebugger(options: ResolvedDebuggerOptions, app?: unknown): Debugger {
  return new HttpDebugger(options, app)
}

class HttpDebugger implements Debugger {
  readonly #options: ResolvedDebuggerOptions
  readonly #presence: Presence
  readonly #secrets: Secrets
  readonly #guard: Guard
  readonly #capturer: Capturer
  readonly #tracebacks: Tracebacks
  readonly #announcer: Announcer
  readonly #routes: readonly Route[]
  readonly #stories = new Stories()
  readonly #whereabouts: Whereabouts
  #loaded: Promise<typeof import('./displays.ts')> | undefined

  constructor(options: ResolvedDebuggerOptions, app: unknown) {
    this.#options = options
    this.#presence = makePresence(options)
    this.#secrets = this.#presence.secrets
    const { attempts } = this.#presence
    const sessions = makeSessions(this.#secrets)
    this.#guard = makeGuard({ ...options, secrets: this.#secrets, attempts, sessions })
    this.#capturer = openCapturer({
      maxFrames: options.maxFrames,
      maxPerSecond: options.maxCapturesPerSecond,
    })
    this.#tracebacks = new Tracebacks(this.#capturer, options, (news) => this.#presence.tell(news))
    this.#announcer = makeAnnouncer(options.terminal, this.#secrets, options.evalex, options)
    const routes = consoleRoutes({
      secrets: this.#secrets,
      attempts,
      sessions,
      guard: this.#guard,
      tracebacks: this.#tracebacks,
      announcer: this.#announcer,
      evalex: options.evalex,
      banner: () => this.#banner(),
      links: options,
      presence: this.#presence,
      standalone: standaloneOf(options, app, this.#capturer),
    })
    this.#routes = this.#presence.open({
      routes,
      list: () => this.#tracebacks.list(),
      onNews: (news) => hearNews(news, { tracebacks: this.#tracebacks, sessions }),
    })
    this.#whereabouts = new Whereabouts(options.mount, {
      announcer: this.#announcer,
      presence: this.#presence,
      trusts: (req) => this.trusts(req),
    })
    stories.opened = true
    raiseStackTraceLimit(options.stackTraceLimit)
    if (this.#presence.isFirst) this.#announcer.started()
  }

  get pin(): string {
    return this.#secrets.pin
  }

  unlockUrl(origin: string): string {
    return `${this.#whereabouts.below(origin)}${PREFIX}/#unlock=${this.#secrets.key}`
  }

  announceWhenListening(isOurs: (server: Server) => boolean): void {
    this.#whereabouts.await(isOurs)
  }

  announceListening(server: NetServer): void {
    this.#whereabouts.is(server)
  }

  serve(req: IncomingMessage, res: ServerResponse): boolean {
    this.#whereabouts.came(req)
    if (!isDebuggerRequest(req)) return false
    void answerRoute(this.#routes, this.#guard, req, res, (refusal) => this.#announcer.refused(refusal))
    return true
  }

  readonly watch = watchWith((req, res) => this.follow(req, res))

  watchFromHere(req: IncomingMessage, res: ServerResponse): void {
    const context = this.follow(req, res)
    if (context !== undefined) stories.running.enterWith(context)
  }

  /** All that is done for a request that does not fail. */
  follow(req: IncomingMessage, res: ServerResponse): WatchedRequest | undefined {
    if (this.#options.evalex) this.#capturer.arm(res)
    if (storyContext()?.req === req) return undefined
    const context = new WatchedRequest(req, res)
    if (hasBody(req)) {
      keepBody(req)
      hearBody(req, context.story)
    }
    return context
  }

  readonly isLive = true

  readonly path = PREFIX

  trusts(req: IncomingMessage): boolean {
    return this.#guard.check(req, 'local').allowed
  }

  onThrow(listener: (thrown: Thrown) => void): () => void {
    return this.#capturer.onThrow(listener)
  }

  stack(): StackView | undefined {
    return this.#options.evalex ? this.#capturer.stack() : undefined
  }

  note(error: unknown, req: IncomingMessage, res: ServerResponse, details: FailureDetails = {}): string {
    const id = newErrorId()
    this.#report(error, req, res, details, id).catch((failure) => this.#printFailure(error, failure))
    return id
  }

  notFound(req: IncomingMessage, res: ServerResponse): void {
    answerNearRoutes(req, res, (one) => this.trusts(one))
  }

  async fail(
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    details: FailureDetails = {},
  ): Promise<void> {
    const status = details.status ?? errorStatus(error)
    const wanted = errorHeaders(error)
    const base = baseOf(req, this.#whereabouts.mountFor(req, details))
    try {
      const { traceback, verdict } = await this.#report(error, req, res, details)
      const { id } = traceback.report
      if (!verdict.allowed) {
        this.#announcer.refused({ ...verdict, refused: `the page of error ${id}` })
        const bare = bareAnswer(req, status, id)
        return replaceOrCut(req, res, withHeaders(bare, wanted), { keepCors: true })
      }
      const { reportAnswer } = await this.#displays()
      const banner = [this.#banner(), details.note].filter((one) => one !== undefined).join(' ')
      const answer = await reportAnswer(req, status, traceback, {
        token: opensAsDocument(req) ? this.#secrets.token : undefined,
        console: this.#options.evalex,
        banner: banner === '' ? undefined : banner,
        links: this.#options,
        base,
        history: () => historyLinks(this.#tracebacks, this.#presence, traceback, base),
      })
      replaceOrCut(req, res, withHeaders(answer, wanted))
    } catch (failure) {
      this.#lastResort(error, failure, req, res, status)
    }
  }

  /** Keeps the error, prints it, and tells the application. */
  async #report(
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    details: FailureDetails,
    id: string = newErrorId(),
  ): Promise<{ readonly traceback: Traceback; readonly verdict: Verdict }> {
    const isShown = noteFailure(req, error)
    keepEntrance(req)
    // Asked before anything is awaited: values without identity are known by the request's asynchronous context.
    const { links } = errorChain(error)
    const captures = links.map(({ value }) => this.#capturer.captureOf(value))
    const { maps } = this.#capturer
    const telling = this.#stories.sections(req, res, this.#capturer)
    const { buildReport, renderText, errorScopes, frameValues } = await this.#displays()
    const chain = await Promise.all(
      links.map(({ value }, index) => errorScopes(value, captures[index], maps)),
    )
    const report = await buildReport(error, {
      req,
      valuesOf: frameValues(chain, this.#capturer, req),
      throwOf: (thrown) => chain.find((one) => Object.is(one.thrown, thrown)),
      id,
      sections: await telling,
      routes: routesOf(req),
    })
    const traceback = this.#tracebacks.add(report, chain, { req, res })
    const verdict = this.#guard.check(req, 'local')
    this.#announcer.failed(
      report,
      verdict.allowed ? addressOf(req, this.#whereabouts.mountFor(req, details)) : undefined,
      isShown ? undefined : renderText,
    )
    if (details.note !== undefined) this.#announcer.noted(details.note)
    tell(this.#options.report, error, { req, id: report.id })
    return { traceback, verdict }
  }

  close(): void {
    this.#whereabouts.close()
    this.#presence.close()
    this.#stories.close()
    this.#tracebacks.clear()
  }

  /** Loaded with the first error; asking the loader for each takes as long as drawing some frames. */
  readonly #displays = () => (this.#loaded ??= import('./displays.ts'))

  #banner(): string | undefined {
    return this.#options.evalex ? this.#capturer.unavailable() : undefined
  }

  /** Something of ours failed: the application's error still reaches the terminal, and the client an answer. */
  #lastResort(
    error: unknown,
    failure: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    status: number,
  ): void {
    this.#printFailure(error, failure)
    try {
      replaceOrCut(req, res, bareAnswer(req, status, 'unreported'), { keepCors: true })
    } catch {
      res.destroy()
    }
  }

  #printFailure(error: unknown, failure: unknown): void {
    const { terminal } = this.#options
    if (terminal !== false)
      terminal.write(`${plainError(error)}\n(rocksolid could not report it: ${plainError(failure)})\n`)
  }
}
