/** `rocksolid/fastify`: access log, debugger and request logger, the way fastify does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/fastify.ts'
