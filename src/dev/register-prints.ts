/**
 * What frameworks print of an error that they answer with a bare 500. It tells which error that is; and since the
 * traceback of the same error is printed too, the framework's print waits until it is known whether that comes. If it
 * does, the print is dropped; else it goes out, a moment late.
 */

import { stripAnsi } from '../core/ansi.ts'
import { isErrorLike, readStack } from '../core/read.ts'
import { errorChain } from '../report/error-chain.ts'
import { runningRequest, type WaitingPrint, type WatchedRequest } from './register-request.ts'
import { nearestCaller } from './register-writer.ts'

/** Arguments of one call that are looked at. */
const MAX_ARGUMENTS = 8

/** Prints that wait in one request; further ones go out at once. */
const MAX_WAITING = 8

/** How long a print waits when its request is neither answered nor reported. */
const MAX_WAIT_MS = 1000

/** Requests with prints that wait. */
const holders = new Set<WatchedRequest>()

/** Packages whose own handling of errors prints them; what others print is the application's. */
const FRAMEWORKS =
  /[\\/]node_modules[\\/](?:connect|express\w*|finalhandler|koa|hono|h3\w*|@hapi[\\/]hapi|@hono[\\/]node-server)[\\/]/

/** Next wraps the console, so that all prints seem to be its own; this is how its own begin. */
const NEXT_MARK = '⨯'

/** @returns ends it */
export function hookPrintedErrors(): () => void {
  const original = console.error
  const patched = function error(this: unknown, ...args: unknown[]): void {
    const print = (): void => Reflect.apply(original, this, args)
    const request = runningRequest()
    if (request === undefined || !isHeldBack(request, args, print)) print()
  }
  const printAll = (): void => {
    for (const request of holders) printWaiting(request)
  }
  console.error = patched
  process.on('exit', printAll)
  return () => {
    process.off('exit', printAll)
    printAll()
    if (console.error === patched) console.error = original
  }
}

/** True when a print is not to go out now: it waits, or it says what has been said. */
function isHeldBack(request: WatchedRequest, args: readonly unknown[], print: () => void): boolean {
  const caller = nearestCaller()
  if (caller?.owner !== 'library') return false
  noteErrors(request, args)
  const [first] = args
  const isOfNext = typeof first === 'string' && stripAnsi(first).startsWith(NEXT_MARK)
  const isOfFramework = isOfNext || FRAMEWORKS.test(caller.line)
  const tells = args
    .slice(0, MAX_ARGUMENTS)
    .some((one) => tellsOfError(one) || request.thrown.some(({ error }) => Object.is(error, one)))
  if (!isOfFramework || !tells) return false
  return request.reported.some((one) => repeats(args, one)) || wait(request, { args, print })
}

/** Call it when the traceback of an error is about to be printed. */
export function dropPrintsOf(request: WatchedRequest, error: unknown): void {
  request.waitingPrints = request.waitingPrints.filter(({ args }) => !repeats(args, error))
}

/** @returns whether there is something to wait for */
function wait(request: WatchedRequest, held: WaitingPrint): boolean {
  const { res, waitingPrints } = request
  if (waitingPrints.length >= MAX_WAITING || res.writableFinished || res.closed) return false
  request.waitingPrints = [...waitingPrints, held]
  holders.add(request)
  if (waitingPrints.length > 0) return true
  const release = (): void => printWaiting(request)
  setTimeout(release, MAX_WAIT_MS).unref()
  for (const event of ['finish', 'close']) res.once(event, release)
  return true
}

function printWaiting(request: WatchedRequest): void {
  const { waitingPrints } = request
  request.waitingPrints = []
  holders.delete(request)
  for (const { print } of waitingPrints) print()
}

/** hono and h3 print the error itself. */
function noteErrors(request: WatchedRequest, args: readonly unknown[]): void {
  const errors = args.slice(0, MAX_ARGUMENTS).filter((one): one is object => isErrorLike(one))
  for (const error of errors) request.addPrinted(error)
}

/** An error, or the text of a stack. */
function tellsOfError(value: unknown): boolean {
  return isErrorLike(value) || (typeof value === 'string' && /^[ \t]*at /m.test(value))
}

/** Whether a print says nothing that the traceback of the error does not say. */
function repeats(args: readonly unknown[], error: unknown): boolean {
  const [first, ...causes] = errorChain(error).links.map(({ value }) => value)
  return args.slice(0, MAX_ARGUMENTS).some((one) => {
    if (typeof one === 'string') return isTextOf(one, first)
    if (!isErrorLike(one)) return false
    return [first, ...causes].some((link) => isWithin(one, link))
  })
}

/** h3 wraps what was thrown. */
function isWithin(printed: unknown, error: unknown): boolean {
  return errorChain(printed).links.some(({ value }) => Object.is(value, error))
}

/** Koa indents a stack, hapi puts words before it; both make an Error of what is none, which quotes it. */
function isTextOf(text: string, error: unknown): boolean {
  if (typeof error === 'string') return text === error || text.includes(JSON.stringify(error))
  const stack = readStack(error)
  return stack !== undefined && tellsOfError(stack) && bare(text).includes(bare(stack))
}

function bare(text: string): string {
  const lines = stripAnsi(text).split('\n')
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}
