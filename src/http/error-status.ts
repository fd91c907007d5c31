/** Which status an error asks for. */

import { types } from 'node:util'

/**
 * `status` or `statusCode` of the error when that is one of 400 to 599, else 500. Only own data properties count: an
 * error may be anything, and no getter or Proxy trap of it is run for this.
 */
export function errorStatus(error: unknown): number {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return 500
  for (const name of ['status', 'statusCode']) {
    const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value
    if (typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599) return value
  }
  return 500
}
