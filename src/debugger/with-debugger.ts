/** The two ways to put the debugger into a server: around a handler, or as error middleware of an Express app. */

import { randomUUID } from 'node:crypto'
import diagnostics from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkArgument } from '../core/options.ts'
import { asOwnOutput } from '../core/own-output.ts'
import { shared } from '../core/shared.ts'
import { errorStatus } from '../http/error-status.ts'
import { noteFailure } from '../http/failures.ts'
import { type AnyHandler, isHandler, type Next, type NodeHandler } from '../http/handler.ts'
import { mountOf } from '../http/mount.ts'
import { answerNotFound, replaceOrCut } from '../http/respond.ts'
import { bareAnswer } from './bare-answer.ts'
import { type Debugger, makeDebugger } from './debugger.ts'
import { errorHeaders, withHeaders } from './error-headers.ts'
import {
  type DebuggerOptions,
  type ResolvedDebuggerOptions,
  resolveDebuggerOptions,
  type TerminalStream,
} from './options.ts'
import { passageTo } from './passage.ts'
import { plainError } from './plain-error.ts'
import { tell } from './tell.ts'

/** A handler with a debugger around it. */
export interface DebuggedHandler extends NodeHandler {
  /** The PIN of the console; '' when there is none. */
  readonly pin: string
  /** The address that unlocks the console, below an origin such as `http://localhost:5000`; '' when there is none. */
  unlockUrl(origin: string): string
  /** Forgets all errors. */
  close(): void
}

/**
 * Wraps a request handler, an Express app or a connect app, as Werkzeug's `DebuggedApplication(app, evalex=True)`.
 * What it throws, rejects with or passes to `next` becomes a page with the cause chain, source, and a live console in
 * every frame. Requests to `/__rocksolid`, below the mount where there is one, are the debugger's own.
 *
 * With NODE_ENV=production it answers a plain 500 with an id instead, unless explicitly overridden.
 * @throws {ConfigError} for a handler that is no function, or a wrong option
 * @example http.createServer(withDebugger(app)).listen(5000)
 */
export function withDebugger(handler: AnyHandler, options?: DebuggerOptions): DebuggedHandler {
  resolveDebuggerOptions('withDebugger', options)
  checkArgument('withDebugger', 'the handler', handler, isHandler)
  const debug = openDebugger('withDebugger', options, handler)
  const wrapped = passageTo(handler, {
    serve: (req, res) => debug.serve(req, res),
    follow: (req, res) => debug.follow(req, res),
    outcome: (req, res, next) => {
      // Asked for here: routers inside take more off the path.
      const mount = next === undefined ? '' : mountOf(req)
      return {
        onError: (error) => void debug.fail(error, req, res, { mount }),
        onPass: () => (next === undefined ? debug.notFound(req, res) : next()),
      }
    },
  })
  // With a mount it is somebody else's handler that listens.
  const isBelow = Boolean(options?.mount)
  debug.announceWhenListening((server) =>
    server.listeners('request').some((one) => isBelow || one === wrapped || isOurWrapper(one)),
  )
  return Object.assign(wrapped, handles(debug))
}

/** What `app.use(debugErrors())` takes: Express flattens the list. */
export type DebugErrors = [
  (req: IncomingMessage, res: ServerResponse, next: Next) => void,
  (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void,
] & { readonly pin: string; unlockUrl(origin: string): string; close(): void }

/**
 * The debugger as the last middleware of an Express app: `app.use(debugErrors())`. Put it after the routes.
 * Requests are watched from their start, whatever middleware comes first.
 * @throws {ConfigError} for a wrong option
 */
export function debugErrors(options?: DebuggerOptions): DebugErrors {
  const debug = openDebugger('debugErrors', options)
  const stopWatching = watchAllRequests(debug)
  debug.announceWhenListening((server) => server.listenerCount('request') > 0)
  const routes = function rocksolidRoutes(req: IncomingMessage, res: ServerResponse, next: Next): void {
    if (!debug.serve(req, res)) next()
  }
  const errors = function rocksolidErrors(
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    _next: Next,
  ): void {
    void debug.fail(error, req, res)
  }
  const middleware: [typeof routes, typeof errors] = [routes, errors]
  return Object.assign(middleware, handles(debug, stopWatching))
}

/**
 * A debugger to hand to an adapter, such as `rocksolid/koa`. With NODE_ENV=production one that does nothing.
 * @throws {ConfigError} for a wrong option
 * @example new Koa().use(rocksolid({ debugger: createDebugger({ editor: 'vscode' }) }))
 */
export function createDebugger(options?: DebuggerOptions): Debugger {
  const debug = openDebugger('createDebugger', options)
  debug.announceWhenListening((server) => server.listenerCount('request') > 0)
  return debug
}

/** The access log or the logger, wrapped around the debugger. */
function isOurWrapper(listener: unknown): boolean {
  return typeof listener === 'function' && listener.name.startsWith('rocksolid')
}

function print(terminal: TerminalStream, text: string): void {
  asOwnOutput(() => terminal.write(text))
}

function handles(
  debug: Debugger,
  onClose: () => void = () => {},
): Pick<Debugger, 'pin' | 'unlockUrl' | 'close'> {
  return {
    pin: debug.pin,
    unlockUrl: (origin) => debug.unlockUrl(origin),
    close: () => {
      onClose()
      debug.close()
    },
  }
}

/** Set by the preload: the debugger of the whole process. */
const ofProcess = shared('debugger-of-process', () => ({
  open: undefined as (() => Debugger | undefined) | undefined,
}))

/** Has every debugger of this process be the one that `open` gives: two would each disown the other's pages. */
export function shareDebugger(open: () => Debugger | undefined): void {
  ofProcess.open = open
}

function openDebugger(factory: string, given: DebuggerOptions | undefined, app?: unknown): Debugger {
  const options = resolveDebuggerOptions(factory, given)
  return ofProcess.open?.() ?? openOwnDebugger(options, app, factory !== 'createDebugger')
}

/**
 * The debugger as the environment allows it: a stand-in in production.
 * @param answers whether the stand-in will be asked to answer, or a framework answers by itself
 */
export function openOwnDebugger(options: ResolvedDebuggerOptions, app?: unknown, answers = false): Debugger {
  if (process.env.NODE_ENV !== 'production') return makeDebugger(options, app)
  const { terminal } = options
  if (options.dangerouslyAllowInProduction) {
    if (terminal !== false)
      print(
        terminal,
        'debugger ON IN PRODUCTION: whoever unlocks it runs code on this machine (option dangerouslyAllowInProduction).\n',
      )
    return makeDebugger(options, app)
  }
  if (terminal !== false)
    print(
      terminal,
      `debugger off: NODE_ENV is production. ${answers ? 'Errors answer a plain 500 with an id.' : 'Errors are answered as without it.'} (ERR_ROCKSOLID_DEBUGGER_PRODUCTION)\n`,
    )
  return plainDebugger(options)
}

/** In production: the error to the terminal under an id, the id to the client. */
function plainDebugger({ terminal, report }: ResolvedDebuggerOptions): Debugger {
  return {
    pin: '',
    unlockUrl: () => '',
    path: '',
    serve: () => false,
    follow: () => undefined,
    watch: (_req, _res, handle) => handle(),
    watchFromHere() {},
    notFound: answerNotFound,
    announceWhenListening() {},
    announceListening() {},
    async fail(error, req, res) {
      const id = randomUUID()
      const isShown = noteFailure(req, error)
      if (!isShown && terminal !== false) print(terminal, `error ${id}: ${plainError(error)}\n`)
      tell(report, error, { req, id })
      replaceOrCut(req, res, withHeaders(bareAnswer(req, errorStatus(error), id), errorHeaders(error)), {
        keepCors: true,
      })
    },
    note: () => '',
    trusts: () => false,
    isLive: false,
    onThrow: () => () => {},
    stack: () => undefined,
    close() {},
  }
}

/**
 * Error middleware hears of a request only when it has failed; capturing must begin with the request. Node tells of
 * each one on a diagnostics channel, in the asynchronous context its handlers will run in.
 * @returns ends it
 */
function watchAllRequests(debug: Debugger): () => void {
  const channel = 'http.server.request.start'
  const onStart = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    debug.watchFromHere(request, response)
  }
  diagnostics.subscribe(channel, onStart)
  return () => void diagnostics.unsubscribe(channel, onStart)
}
