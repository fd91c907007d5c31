/** `rocksolid/hapi`: access log, debugger and request logger, the way hapi does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/hapi.ts'
