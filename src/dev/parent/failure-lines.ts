/** Why a server does not run, in the words of the terminal. */

import type { Failure } from '../messages.ts'

/** In one line of the terminal. */
export function lineOf({ name, message, code }: Failure): string {
  const [first = '', second = ''] = message.split('\n', 2)
  // Compilers say how many errors there are, and then which.
  const line = `${name}: ${(first.endsWith(':') ? `${first} ${second}` : first).slice(0, 200)}`
  // The first start of all has no page to say it on.
  return code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ? `${line}; tsx can: npm install --save-dev tsx` : line
}

/** Of a server that has ended without an error of its own. */
export function exitFailure(name: string, how: string, wasListening: boolean): Failure {
  const when = wasListening ? 'while it was serving' : 'before it listened'
  return {
    name: 'ServerEnded',
    message: `${name} ended with ${how} ${when}. What it printed stands in the terminal.`,
    stack: '',
    wasListening,
    loaded: [],
  }
}
