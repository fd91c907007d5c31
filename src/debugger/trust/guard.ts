/**
 * The one place that decides who may do what. Every request to the debugger's prefix and every error page passes it.
 */

import type { IncomingMessage } from 'node:http'
import { PROOF_HEADER, TOKEN_HEADER } from '../protocol.ts'
import {
  ALLOWED,
  type LocalGuardOptions,
  type LocalNeed,
  makeLocalGuard,
  refuse,
  type Verdict,
} from './local-guard.ts'
import { type Secrets, secretEquals } from './pin.ts'
import type { Sessions } from './session-cookie.ts'

/** What a request must be for a thing to be done. Each level includes those before it. */
export type Need =
  | LocalNeed
  /** And sent by a page of this debugger itself. */
  | 'own-page'
  /** And from a browser that was unlocked by link or PIN. */
  | 'unlocked'

/** What the guard was told by options. */
export interface GuardOptions extends LocalGuardOptions {
  readonly secrets: Secrets
  /** Counts wrong tokens and cookies. */
  readonly attempts: { noteFailure(): void }
  readonly sessions: Sessions
}

export interface Guard {
  check(req: IncomingMessage, need: Need): Verdict
  /** Whether the browser of this request was unlocked; says nothing of the rest. */
  isUnlocked(req: IncomingMessage): boolean
}

export function makeGuard(options: GuardOptions): Guard {
  const { secrets, attempts, sessions } = options
  const local = makeLocalGuard(options)

  function check(req: IncomingMessage, need: Need): Verdict {
    if (need !== 'own-page' && need !== 'unlocked') return local.check(req, need)
    const verdict = local.check(req, 'own-script')
    if (!verdict.allowed) return verdict
    const given = req.headers[TOKEN_HEADER]
    if (typeof given !== 'string' || !secretEquals(given, secrets.token)) {
      if (given !== undefined) attempts.noteFailure()
      return refuse(
        403,
        'Not from this page',
        'The request carries no token of this debugger, or that of a server that has restarted. Reload the page.',
      )
    }
    if (need === 'own-page') return ALLOWED
    const session = sessionOf(req)
    if (session === 'wrong') attempts.noteFailure()
    if (session === 'unlocked') return ALLOWED
    return refuse(
      401,
      'Locked',
      'This browser is not unlocked. Open the link printed in the terminal, or enter the PIN printed there.',
    )
  }

  const sessionOf = (req: IncomingMessage): ReturnType<Sessions['state']> => {
    const proof = req.headers[PROOF_HEADER]
    return sessions.state(req.headers.cookie, typeof proof === 'string' ? proof : undefined)
  }

  return { check, isUnlocked: (req) => sessionOf(req) === 'unlocked' }
}
