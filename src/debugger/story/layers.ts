/** The layers of Express's router as steps: each ends where the next begins, since that is when it called `next`. */

import { readErrorField, readOwn, readValue } from '../../core/read.ts'
import { shared } from '../../core/shared.ts'
import { currentStory, type EndStep } from '../../core/story.ts'

/** Where a request is in the router. */
interface Position {
  /** The function that runs, or the one that failed; its place in the source is where the application wrote it. */
  handler: object | undefined
  end: EndStep
  failed: boolean
  /** Of the failed request; the router takes them off again before anybody is told. */
  params: unknown
  base: string
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
  const layer = readValue(context, 'layer')
  const name = textOf(readValue(layer, 'name'))
  if (name.startsWith('rocksolid')) return
  const path = readValue(context, 'route')
  // Every layer has a pattern; those of a route have a method too, if only an undefined one.
  const isRoute = typeof path === 'string' && readOwn(layer, 'method').found === 'value'
  const isErrorHandler = readValue(context, 'errorHandler') === true
  const end = story.step(
    isErrorHandler ? 'error handler' : isRoute ? 'handler' : 'middleware',
    isRoute ? `${textOf(readValue(req, 'method'))} ${baseOf(req)}${path} ${name}` : name,
  )
  const handler = readValue(context, 'handler')
  if (before?.failed === true) before.end = end
  else {
    const known = typeof handler === 'function' ? handler : undefined
    positions.set(req, { handler: known, end, failed: false, params: undefined, base: '' })
  }
}

/** A layer has failed: with what it threw, rejected with or gave to `next`. */
export function noteLayerFailure(context: object): void {
  const req = readValue(context, 'req')
  if (typeof req !== 'object' || req === null) return
  const position = positions.get(req)
  if (position === undefined) return
  position.failed = true
  position.params = readValue(req, 'params')
  position.base = baseOf(req)
  position.end(String(readErrorField(readValue(context, 'error'), 'name') ?? ''), true)
}

/** Where the request was last, or failed; undefined where no router told. */
export const positionOf = (req: object): Readonly<Position> | undefined => positions.get(req)

/** Where the router is mounted. */
function baseOf(req: object): string {
  const base = readValue(req, 'baseUrl')
  return typeof base === 'string' ? base : ''
}

const textOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : '<anonymous>')
