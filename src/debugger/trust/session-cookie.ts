/** The cookie of an unlocked browser: an expiry and a signature over it; nothing in it is a secret or a PIN. */

import { createHmac, timingSafeEqual } from 'node:crypto'
import { cookieValues, strictCookie } from '../../http/cookie.ts'
import { PREFIX } from '../protocol.ts'
import type { Secrets } from './pin.ts'

/** An unlocked browser stays so for this long, and at most until the server restarts. */
export const SESSION_MS = 12 * 60 * 60_000

/** Named after the debugger, because cookies are shared by all ports of a host. */
export function cookieName(secrets: Secrets): string {
  return `rocksolid_${secrets.instance}`
}

/** The `Set-Cookie` value that unlocks. */
export function sessionCookie(secrets: Secrets, secure: boolean, now: number = Date.now()): string {
  const expires = String(now + SESSION_MS)
  const value = `${expires}.${signature(secrets, expires)}`
  return strictCookie({
    name: cookieName(secrets),
    value,
    path: PREFIX,
    maxAgeSeconds: SESSION_MS / 1000,
    secure,
  })
}

/** The `Set-Cookie` value that locks again. */
export function endedCookie(secrets: Secrets, secure: boolean): string {
  return strictCookie({ name: cookieName(secrets), value: '', path: PREFIX, maxAgeSeconds: 0, secure })
}

/** `none` without a cookie of this debugger, `wrong` for one that it did not sign or that is over. */
export function sessionState(
  secrets: Secrets,
  header: string | undefined,
  now: number = Date.now(),
): 'unlocked' | 'wrong' | 'none' {
  const values = cookieValues(header, cookieName(secrets)).slice(0, 4)
  if (values.length === 0) return 'none'
  return values.some((value) => isSigned(secrets, value, now)) ? 'unlocked' : 'wrong'
}

function isSigned(secrets: Secrets, value: string, now: number): boolean {
  const match = /^(\d{13,15})\.([A-Za-z0-9_-]{43})$/.exec(value)
  if (match === null) return false
  const [, expires = '', given = ''] = match
  const expected = Buffer.from(signature(secrets, expires))
  return timingSafeEqual(Buffer.from(given), expected) && Number(expires) > now
}

function signature(secrets: Secrets, expires: string): string {
  return createHmac('sha256', secrets.cookieKey).update(`rocksolid.${expires}`).digest('base64url')
}
