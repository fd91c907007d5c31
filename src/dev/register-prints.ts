/** Errors that a framework only prints, and then answers with a bare 500. */

import { isErrorLike } from '../core/read.ts'
import { runningRequest } from './register-request.ts'
import { isCalledByLibrary } from './register-writer.ts'

/** Arguments of one call that are looked at. */
const MAX_ARGUMENTS = 8

/** @returns ends it */
export function hookPrintedErrors(): () => void {
  const original = console.error
  const patched = function error(this: unknown, ...args: unknown[]): void {
    noteErrors(args)
    Reflect.apply(original, this, args)
  }
  console.error = patched
  return () => {
    if (console.error === patched) console.error = original
  }
}

/** hono and h3 answer an error with a bare 500 and print the error itself; an application's own print says nothing. */
function noteErrors(args: readonly unknown[]): void {
  const request = runningRequest()
  if (request === undefined) return
  const errors = args.slice(0, MAX_ARGUMENTS).filter((one): one is object => isErrorLike(one))
  if (errors.length === 0 || !isCalledByLibrary()) return
  for (const error of errors) request.addPrinted(error)
}
