/**
 * finalhandler (Express, connect) waits for the end of the request before it answers an error; by then the error is on
 * no stack. But first it unpipes the request, with the error still at hand.
 */

import { IncomingMessage } from 'node:http'
import { Http2ServerRequest } from 'node:http2'
import type { Debugger } from '../debugger/debugger.ts'
import { errorAtHand } from './register-cause.ts'
import { watchedRequest } from './register-request.ts'

/** @returns ends it, where nobody has wrapped the methods meanwhile */
export function watchUnpipe(debug: Debugger): () => void {
  const undo = [IncomingMessage.prototype, Http2ServerRequest.prototype].map((prototype) =>
    watchPrototype(prototype as unknown as Unpiping, debug),
  )
  return () => {
    for (const one of undo) one()
  }
}

interface Unpiping {
  unpipe?: (this: object, ...args: unknown[]) => unknown
}

function watchPrototype(prototype: Unpiping, debug: Debugger): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, 'unpipe')
  const original = prototype.unpipe as NonNullable<Unpiping['unpipe']>
  const unpipe = function unpipe(this: object, ...args: unknown[]): unknown {
    const request = watchedRequest(this)
    if (request !== undefined && request.early === undefined) {
      request.early = errorAtHand(request, debug.stack())
    }
    return Reflect.apply(original, this, args)
  }
  prototype.unpipe = unpipe
  return () => {
    if (prototype.unpipe !== unpipe) return
    if (own === undefined) delete prototype.unpipe
    else Object.defineProperty(prototype, 'unpipe', own)
  }
}
