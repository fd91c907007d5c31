/** `rocksolid/nest`: access log, debugger and request logger, the way nest does it. */

export type { AdapterOptions } from './adapters/adapter.ts'
export { rocksolid } from './adapters/nest.ts'
export { nestLogger } from './adapters/nest-logger.ts'
