/** Tells whether the application or a library is writing a response, by the stack that does it. */

import { fileURLToPath } from 'node:url'
import { ownerOf } from '../stack/own-files.ts'

/** Frames looked at; a response written by the application has it near. */
const DEPTH = 40

/**
 * `app` when the application itself calls a method of the response: an answer it makes on purpose. `library` when a
 * framework does, which may have come from the application's code by `next(error)`.
 */
export function writerOfResponse(): 'app' | 'library' {
  let above: string | undefined
  for (const { line, owner } of callers()) {
    if (owner === 'app') return above === undefined || isResponseMethod(above) ? 'app' : 'library'
    above = line
  }
  return 'library'
}

/** The nearest function that is neither the runtime's nor this package's. */
export function nearestCaller(): Caller | undefined {
  return callers()[0]
}

/** Frameworks that have an error in their variables, or have told of it, whenever they answer one by themselves. */
const TELLING =
  /[\\/]node_modules[\\/](?:connect|express\w*|finalhandler|fastify|h3\w*|@hapi[\\/]hapi|koa|polka|restify)[\\/]/

/** Whether a framework writes the response whose silence about an error means that the application answers. */
export function isWrittenByTelling(): boolean {
  return callers().some(({ line }) => TELLING.test(line))
}

/** Next puts its own error handling into the same files as the application. */
const NEXT_BUNDLE = /[\\/]\.next[\\/]/

/** A line of a stack, and whose code it is. */
interface Caller {
  readonly line: string
  readonly owner: 'app' | 'library'
}

function callers(): readonly Caller[] {
  const lines = currentStack()
  // What waits at an `await` did not call what runs now.
  const end = lines.findIndex((line) => /^\s*at async /.test(line))
  return lines.slice(0, end < 0 ? undefined : end).flatMap((line) => {
    const file = fileOf(line)
    const owner = file === undefined ? 'runtime' : NEXT_BUNDLE.test(file) ? 'library' : ownerOf(file)
    return owner === 'app' || owner === 'library' ? [{ line, owner }] : []
  })
}

function currentStack(): string[] {
  const limit = Error.stackTraceLimit
  const isWritable = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true
  try {
    if (isWritable) Error.stackTraceLimit = DEPTH
    const { stack } = new Error()
    return typeof stack === 'string' ? stack.split('\n').slice(1) : []
  } finally {
    if (isWritable) Error.stackTraceLimit = limit
  }
}

/** `at ServerResponse.json (…)`: V8 names the class of the object whose method it is. */
function isResponseMethod(line: string): boolean {
  return /^\s*at (?:Http2)?ServerResponse\./.test(line)
}

/** The file of a line of V8's or JavaScriptCore's. */
function fileOf(line: string): string | undefined {
  const [, place] =
    /(?:\(|@|at )((?:file:\/\/|node:|[/\\]|[A-Za-z]:[\\/]).*?)(?::\d+){1,2}\)?$/.exec(line) ?? []
  if (place === undefined) return undefined
  try {
    return place.startsWith('file:') ? fileURLToPath(place) : place
  } catch {
    return place
  }
}
