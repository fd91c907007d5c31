/**
 * `node --import rocksolid/register app.js`: access log and debugger for every server of the process, whatever
 * framework it is made with and without a change to its code. This file puts the parts together.
 */

import { AccessLogger } from '../access/access-logger.ts'
import { observeEvent, observeStarts } from '../access/attach.ts'
import { isOwnServer } from '../core/own-servers.ts'
import { shared } from '../core/shared.ts'
import { whyUnavailable } from '../debugger/capture/inspector-session.ts'
import type { Debugger } from '../debugger/debugger.ts'
import { resolveDebuggerOptions } from '../debugger/options.ts'
import { isDebuggerRequest } from '../debugger/routes.ts'
import { openOwnDebugger, shareDebugger } from '../debugger/with-debugger.ts'
import { exchangeOf } from '../http/exchange.ts'
import { openRequestLogging } from '../logger/request-logging.ts'
import { type ResolvedConfig, readRegisterConfig } from './config.ts'
import { distFolder } from './dist-folder.ts'
import { hookChannels } from './register-channels.ts'
import { hookErrorEvents } from './register-error-events.ts'
import { hookPrintedErrors } from './register-prints.ts'
import { runningRequest } from './register-request.ts'
import { failOf, handleRequest, isSuspicious, judgeResponse, type Pieces } from './register-requests.ts'
import { hookResponses } from './register-responses.ts'
import { hookServers } from './register-servers.ts'
import { hookUncaught } from './register-uncaught.ts'
import { watchUnpipe } from './register-unpipe.ts'
import { tellOfTwoVersions } from './register-versions.ts'

const NAME = 'rocksolid/register'

/** Events by which a server asks for the pieces. */
const REQUESTS: ReadonlySet<string | symbol> = new Set(['request', 'checkContinue', 'checkExpectation'])

/**
 * Takes effect once for a process (and for each worker thread), however often and in however many versions this
 * package is loaded.
 * @throws {ConfigError} for a configuration that is not right
 */
export function register(): void {
  const registered = shared('register', (): Registered => ({ isOn: false, folder: undefined }))
  if (registered.isOn) {
    tellOfTwoVersions(registered.folder)
    return
  }
  registered.isOn = true
  registered.folder = distFolder()
  const config = readRegisterConfig(process.cwd(), process.env)
  if (config.enabled) start(config)
}

interface Registered {
  isOn: boolean
  /** The built files of the copy that works. */
  folder: string | undefined
}

function start(config: ResolvedConfig): void {
  const access = config.access && new AccessLogger(config.access.format, accessOptions(config.access.options))
  let pieces: Pieces | undefined
  // A process that serves nothing, such as a build, prints nothing and opens nothing.
  const open = (): Pieces => {
    pieces ??= openPieces(config)
    return pieces
  }
  shareDebugger(() => open().debug)
  if (access !== undefined) observeStarts(access, (server) => !isOwnServer(server))
  hookServers((event, args, emit, server) => {
    if (isOwnServer(server)) return emit()
    if (event === 'listening') open().debug?.announceListening(server)
    if (access !== undefined) observeEvent(event, args, access, server)
    return REQUESTS.has(event) ? handleRequest(open(), { server, event, args, emit }) : emit()
  })
}

function openPieces(config: ResolvedConfig): Pieces {
  const debug = config.debugger && openOwnDebugger(resolveDebuggerOptions(NAME, config.debugger))
  if (debug?.isLive === true) hookErrors(debug, config)
  return { debug, logging: config.log && openRequestLogging(config.log) }
}

/** The application's own access log wins: nobody wants two lines of one request. */
function accessOptions(
  options: NonNullable<ResolvedConfig['access']>['options'],
): NonNullable<ResolvedConfig['access']>['options'] {
  return {
    ...options,
    skip: (req, res) =>
      isDebuggerRequest(req) || (exchangeOf(res)?.observers ?? 0) > 1 || options.skip?.(req, res) === true,
  }
}

function hookErrors(debug: Debugger, config: ResolvedConfig): void {
  debug.onThrow(({ value, ...seen }) => runningRequest()?.addThrow({ error: value, ...seen }))
  hookResponses({
    concerns: (res, status) => isSuspicious(debug, res, status),
    judge: (res, status) => judgeResponse(debug, res, status),
  })
  hookChannels((request, error) => request.addTold(error))
  hookPrintedErrors()
  if (whyUnavailable() !== undefined) hookErrorEvents()
  watchUnpipe(debug)
  if (config.survive) {
    hookUncaught((request, error, origin, isHeard = false) => {
      const kind = origin === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection'
      const fate = isHeard
        ? 'the application listens for those, and in production nobody would have answered.'
        : 'rocksolid has kept the process alive, in production it would have ended.'
      const note = `An ${kind}: ${fate}`
      failOf(debug, request, error, note)
    })
  }
}
