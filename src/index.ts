/** The front door: the three pieces of one line each. Every piece also has a door of its own. */

export { isRocksolidError } from './core/errors.ts'
