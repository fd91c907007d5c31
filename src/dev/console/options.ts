/** The options of the command `console`. */

import type { OptionTable } from '../arguments.ts'

export const CONSOLE_OPTIONS = {
  pid: {
    type: 'number',
    value: '<pid>',
    help: 'the server, where several run; without it the newest of this folder',
  },
  list: { type: 'boolean', help: 'lists the servers that run' },
  evaluate: {
    type: 'string',
    short: 'e',
    value: '<code>',
    help: 'evaluates it in the frame, prints the result and exits',
  },
  help: { type: 'boolean', short: 'h', help: 'shows this' },
  version: { type: 'boolean', short: 'v', help: 'shows the version' },
} as const satisfies OptionTable
