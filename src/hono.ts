/** `rocksolid/hono`: access log, debugger and request logger, the way hono does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/hono.ts'
