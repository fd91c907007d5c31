/**
 * The way of a request through the debugger into the application. These functions stand on the stack of whatever the
 * application throws, and at each throw V8 copies out all names in scope of every function on the stack: a module with
 * hundreds of names would make each throw cost several times as much. So they stand here alone, and the build keeps them
 * in a file of their own.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type StoryContext, stories } from '../core/story.ts'
import { promiseErrorPage } from '../http/failures.ts'
import { type AnyHandler, callHandler, type HandlerOutcome, type Next } from '../http/handler.ts'

/** What is done before the application gets a request. */
export interface Passage {
  /** Answers a request for the debugger itself; false when it is one for the application. */
  serve(req: IncomingMessage, res: ServerResponse): boolean
  /** The context to handle a request in; undefined when it is handled in that already, or in none. */
  follow(req: IncomingMessage, res: ServerResponse): StoryContext | undefined
  /** What becomes of a request that failed or was not taken. */
  outcome(req: IncomingMessage, res: ServerResponse, next: Next | undefined): HandlerOutcome
}

/** A handler with the debugger around it. */
export function passageTo(
  handler: AnyHandler,
  { serve, follow, outcome }: Passage,
): (req: IncomingMessage, res: ServerResponse, next?: Next) => unknown {
  const { running } = stories
  return function rocksolidDebugger(req, res, next) {
    if (serve(req, res)) return undefined
    const context = follow(req, res)
    const ended = outcome(req, res, next)
    if (context === undefined) {
      promiseErrorPage(req)
      return callHandler(handler, req, res, ended)
    }
    context.hasErrorPage = true
    return running.run(context, callHandler, handler, req, res, ended)
  }
}

/** Runs work as part of a request that is followed. */
export function watchWith(
  follow: Passage['follow'],
): <T>(req: IncomingMessage, res: ServerResponse, handle: () => T) => T {
  const { running } = stories
  return (req, res, handle) => {
    const context = follow(req, res)
    return context === undefined ? handle() : running.run(context, handle)
  }
}
