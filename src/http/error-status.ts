/** Which status an error asks for. */

import { readOwn } from '../core/read.ts'

/**
 * `status` or `statusCode` of the error when that is one of 400 to 599, else 500. Only own data properties count: an
 * error may be anything, and no getter or Proxy trap of it is run for this.
 */
export function errorStatus(error: unknown): number {
  for (const name of ['status', 'statusCode']) {
    const reading = readOwn(error, name)
    const value = reading.found === 'value' ? reading.value : undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599) return value
  }
  return 500
}
