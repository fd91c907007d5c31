/** The path of an error's page, as a response names it. */

import { PREFIX } from '../protocol.ts'

const PATH = new RegExp(`^(?:/[\\w.~%@+-]{1,100}){0,32}${PREFIX}/errors/[\\w-]{1,64}$`)

/** The value of `X-Debug-Url`; undefined for anything else, which the application or a server behind it may have set. */
export function errorPagePath(value: unknown): string | undefined {
  return typeof value === 'string' && PATH.test(value) ? value : undefined
}
