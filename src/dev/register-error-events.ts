/**
 * Errors that a framework tells of by an 'error' event of its own (Koa). Only where the inspector cannot tell: every
 * event of the process passes here.
 */

import { EventEmitter } from 'node:events'
import { isErrorLike } from '../core/read.ts'
import { runningRequest } from './register-request.ts'

/** @returns ends it, where nobody has wrapped the method meanwhile */
export function hookErrorEvents(): () => void {
  const original = EventEmitter.prototype.emit
  const emit = function emit(this: EventEmitter, event: string | symbol, ...args: unknown[]): boolean {
    const [error] = args
    if (event === 'error' && isErrorLike(error)) runningRequest()?.addPrinted(error as object)
    return Reflect.apply(original, this, [event, ...args])
  }
  EventEmitter.prototype.emit = emit
  return () => {
    if (EventEmitter.prototype.emit === emit) EventEmitter.prototype.emit = original
  }
}
