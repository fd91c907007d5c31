/** `rocksolid/hono`: access log, debugger and request logger, the way hono does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { type LogVariables, rocksolid } from './adapters/hono.ts'
