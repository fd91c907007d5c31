/** The debugger's PIN of a server that is restarted: one for all its processes, so that none need be told anew. */

import { checkPin, makeSecrets } from '../debugger/trust/pin.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables with a PIN among them. */
export function withPin(env: Environment): Environment {
  return env.ROCKSOLID_PIN ? env : { ...env, ROCKSOLID_PIN: makePin() }
}

function makePin(): string {
  for (;;) {
    try {
      return checkPin('rocksolid', makeSecrets(undefined).pin)
    } catch {
      // Chance made one that is easy to guess.
    }
  }
}
