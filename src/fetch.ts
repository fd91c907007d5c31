/** `rocksolid/fetch`: access log, debugger and request logger, the way fetch does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { type FetchHandler, type FetchOptions, rocksolid } from './adapters/fetch.ts'
