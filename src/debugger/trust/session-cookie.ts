/**
 * The sessions of unlocked browsers. Each has two halves: a cookie, which no script reads, and a proof, which the page
 * keeps in its origin's storage and sends with each action. Cookies are shared by all ports of a host, so a server on
 * another port gets to see the cookie; storage is not, so it never gets the proof. Neither holds a secret or a PIN.
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { BoundedMap } from '../../core/bounded-map.ts'
import { cookieValues, strictCookie } from '../../http/cookie.ts'
import { PREFIX } from '../protocol.ts'
import { type Secrets, secretEquals } from './pin.ts'

/** An unlocked browser stays so for this long, and at most until it is locked or the server restarts. */
export const SESSION_MS = 12 * 60 * 60_000

/** Cookies of this name and shape that are looked at: another port of the host can add its own in front. */
const MAX_COOKIES = 256
/** Sessions that were ended and are remembered as such; the oldest are over by time long before. */
const MAX_ENDED = 1000

/** A session that has just begun. */
export interface NewSession {
  /** A `Set-Cookie` value. */
  readonly cookie: string
  readonly proof: string
}

/** `none` without a cookie of this debugger or without a proof, `wrong` for any that it did not sign or that is over. */
export type SessionState = 'unlocked' | 'wrong' | 'none'

export interface Sessions {
  /** `base` is the path before the debugger's own; see mount. */
  begin(secure: boolean, base?: string): NewSession
  state(cookieHeader: string | undefined, proof: string | undefined): SessionState
  /** Ends the session of these cookies for good, and answers the `Set-Cookie` value that takes the cookie away. */
  end(cookieHeader: string | undefined, secure: boolean, base?: string): string
}

/** `now` in epoch milliseconds is for tests. */
export function makeSessions(secrets: Secrets, now: () => number = Date.now): Sessions {
  // Named after the debugger, because cookies are shared by all ports of a host.
  const name = `rocksolid_${secrets.instance}`
  const ended = new BoundedMap<string, true>({ maxEntries: MAX_ENDED, maxAgeMs: SESSION_MS })
  const sign = (purpose: string, text: string): string =>
    createHmac('sha256', secrets.cookieKey).update(`rocksolid.${purpose}.${text}`).digest('base64url')

  /** The signed content of each cookie that is right and not over. */
  function rightOnes(cookieHeader: string | undefined): readonly string[] | undefined {
    const values = cookieValues(cookieHeader, name)
    if (values.length === 0) return undefined
    const matches = values.map((value) => COOKIE.exec(value)).filter((match) => match !== null)
    return matches.slice(0, MAX_COOKIES).flatMap((match) => {
      const [, content = '', expires = '', given = ''] = match
      const isSigned = timingSafeEqual(Buffer.from(given), Buffer.from(sign('cookie', content)))
      return isSigned && Number(expires) > now() && ended.get(content) === undefined ? [content] : []
    })
  }

  return {
    begin(secure, base = '') {
      const content = `${now() + SESSION_MS}.${randomBytes(16).toString('base64url')}`
      const value = `${content}.${sign('cookie', content)}`
      const path = base + PREFIX
      const cookie = strictCookie({ name, value, path, maxAgeSeconds: SESSION_MS / 1000, secure })
      return { cookie, proof: sign('proof', content) }
    },
    state(cookieHeader, proof) {
      const right = rightOnes(cookieHeader)
      if (right === undefined) return 'none'
      if (right.length === 0) return 'wrong'
      if (proof === undefined || proof === '') return 'none'
      return right.some((content) => secretEquals(proof, sign('proof', content))) ? 'unlocked' : 'wrong'
    },
    end(cookieHeader, secure, base = '') {
      for (const content of rightOnes(cookieHeader) ?? []) ended.set(content, true)
      return strictCookie({ name, value: '', path: base + PREFIX, maxAgeSeconds: 0, secure })
    },
  }
}

/** Expiry, a random name of the session, and the signature over both. */
const COOKIE = /^((\d{13,15})\.[A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/
