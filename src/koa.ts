/** `rocksolid/koa`: access log, debugger and request logger, the way koa does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/koa.ts'
