/**
 * The way of a request through the debugger into the application. These functions stand on the stack of whatever the
 * application throws, and at each throw V8 copies out all names in scope of every function on the stack: a module with
 * hundreds of names would make each throw cost several times as much. So they stand here alone, and the build keeps them
 * in a file of their own.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type StoryContext, stories } from '../core/story.ts'
import { promiseErrorPage } from '../http/failures.ts'
import { type AnyHandler, callHandler, type HandlerOutcome, isThenable, type Next } from '../http/handler.ts'

/** The ends of a request's way. */
export interface Follow {
  /** The context to handle a request in; undefined when it is handled in that already, or in none. */
  follow(req: IncomingMessage, res: ServerResponse): StoryContext | undefined
  /** The response has not been ended by the time its handler gives back. */
  stays(res: ServerResponse): void
}

/** What is done before and after the application gets a request. */
export interface Passage extends Follow {
  /** Answers a request for the debugger itself; false when it is one for the application. */
  serve(req: IncomingMessage, res: ServerResponse): boolean
  /** What becomes of a request that failed or was not taken. */
  outcome(req: IncomingMessage, res: ServerResponse, next: Next | undefined): HandlerOutcome
}

/** A handler with the debugger around it. */
export function passageTo(
  handler: AnyHandler,
  passage: Passage,
): (req: IncomingMessage, res: ServerResponse, next?: Next) => unknown {
  return function rocksolidDebugger(req, res, next) {
    if (passage.serve(req, res)) return undefined
    const context = passage.follow(req, res)
    const ended = passage.outcome(req, res, next)
    if (context === undefined) {
      promiseErrorPage(req)
      return callHandler(handler, req, res, ended)
    }
    context.hasErrorPage = true
    const outer = enter(context)
    let result: unknown
    try {
      result = callHandler(handler, req, res, ended)
      return result
    } finally {
      leave(outer, res, result, passage)
    }
  }
}

/** Runs work as part of a request that is followed. */
export function watchWith(
  ends: Follow,
): <T>(req: IncomingMessage, res: ServerResponse, handle: () => T) => T {
  return (req, res, handle) => {
    const context = ends.follow(req, res)
    if (context === undefined) return handle()
    const outer = enter(context)
    let result: unknown
    try {
      const given = handle()
      result = given
      return given
    } finally {
      leave(outer, res, result, ends)
    }
  }
}

function enter(context: StoryContext): StoryContext | undefined {
  const { running } = stories
  running.open++
  return running.enter(context)
}

function leave(outer: StoryContext | undefined, res: ServerResponse, result: unknown, ends: Follow): void {
  const { running } = stories
  if (res.writableEnded !== true || isThenable(result)) ends.stays(res)
  running.open--
  running.enter(outer)
}
