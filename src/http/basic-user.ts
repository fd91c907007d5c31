/** The user name of HTTP Basic credentials (RFC 7617); the password never leaves this file. */

import { type HeaderSource, headerFinder } from './raw-headers.ts'

const authorization = headerFinder('authorization')

/** The user of Basic credentials with one character for each byte; undefined when there are none. */
export function basicUser(req: HeaderSource): string | undefined {
  const header = authorization(req)
  if (header === undefined) return undefined
  const match = /^ *basic +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)
  if (match === null) return undefined
  const pair = Buffer.from(match[1] ?? '', 'base64').toString('latin1')
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : pair.slice(0, colon)
}
