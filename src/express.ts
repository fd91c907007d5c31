/** `rocksolid/express`: access log, debugger and request logger, the way express does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { type ExpressMiddleware, rocksolid } from './adapters/express.ts'
