/** Errors that a framework only prints, and then answers with a bare 500. */

import { isErrorLike, readStack } from '../core/read.ts'
import { errorStatus } from '../http/error-status.ts'
import { runningRequest, type WatchedRequest } from './register-request.ts'
import { isCalledByLibrary } from './register-writer.ts'

/** Arguments of one call that are looked at. */
const MAX_ARGUMENTS = 8

/** @returns ends it */
export function hookPrintedErrors(): () => void {
  const original = console.error
  const patched = function error(this: unknown, ...args: unknown[]): void {
    const request = runningRequest()
    if (request !== undefined && isCalledByLibrary()) {
      if (isRepeated(request, args)) return
      noteErrors(request, args)
    }
    Reflect.apply(original, this, args)
  }
  console.error = patched
  return () => {
    if (console.error === patched) console.error = original
  }
}

/** hono and h3 answer an error with a bare 500 and print the error itself; an application's own print says nothing. */
function noteErrors(request: WatchedRequest, args: readonly unknown[]): void {
  const errors = args.slice(0, MAX_ARGUMENTS).filter((one): one is object => isErrorLike(one))
  for (const error of errors) request.addPrinted(error)
}

/** Express prints the stack of an error that it is about to answer; the traceback of the same error comes then. */
function isRepeated({ early, told, res }: WatchedRequest, [text, ...more]: readonly unknown[]): boolean {
  if (typeof text !== 'string' || more.length > 0 || res.headersSent) return false
  return [early, ...told].some((error) => readStack(error) === text && errorStatus(error) >= 500)
}
