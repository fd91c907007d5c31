/** The layers of Express's router as steps: each ends where the next begins, since that is when it called `next`. */

import { readValue } from '../../core/read.ts'
import { shared } from '../../core/shared.ts'
import { currentStory, type EndStep } from '../../core/story.ts'

/** Where a request is in the router. */
interface Position {
  /** The function that runs, or the one that failed; its place in the source is where the application wrote it. */
  handler: object | undefined
  end: EndStep
  failed: boolean
}

/** By request; an entry lives as long as that does. */
const positions = shared('story-layers', () => new WeakMap<object, Position>())

/** A layer is called: `context` is what the router publishes. */
export function noteLayer(context: object): void {
  const req = readValue(context, 'req')
  const story = currentStory()
  if (typeof req !== 'object' || req === null || story === undefined) return
  const before = positions.get(req)
  before?.end()
  const name = textOf(readValue(readValue(context, 'layer'), 'name'))
  if (name.startsWith('rocksolid')) return
  const path = readValue(readValue(context, 'route'), 'path')
  const isRoute = typeof path === 'string'
  const isErrorHandler = readValue(context, 'errorHandler') === true
  const end = story.step(
    isErrorHandler ? 'error handler' : isRoute ? 'handler' : 'middleware',
    isRoute ? `${textOf(readValue(req, 'method'))} ${path} ${name}` : name,
  )
  const handler = readValue(context, 'handler')
  if (before?.failed === true) before.end = end
  else
    positions.set(req, { handler: typeof handler === 'function' ? handler : undefined, end, failed: false })
}

/** A layer has failed: with what it threw, rejected with or gave to `next`. */
export function noteLayerFailure(context: object): void {
  const req = readValue(context, 'req')
  const position = typeof req === 'object' && req !== null ? positions.get(req) : undefined
  if (position === undefined) return
  position.failed = true
  position.end('failed', true)
}

/** The function of the application that had the request last, or that failed; undefined where no router told. */
export const handlerOf = (req: object): object | undefined => positions.get(req)?.handler

const textOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : '<anonymous>')
