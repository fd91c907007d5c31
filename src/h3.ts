/** `rocksolid/h3`: access log, debugger and request logger, the way h3 does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/h3.ts'
