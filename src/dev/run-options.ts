/** The options of the commands `run` and `serve`, as the command line spells them. */

import type { OptionTable } from './arguments.ts'

const COMMON = {
  port: {
    type: 'number',
    short: 'p',
    value: '<port>',
    range: [0, 65_535],
    help: 'sets PORT for the server; of several files each next one gets the next number',
  },
  'no-access': { type: 'boolean', help: 'no access log' },
  'no-prints': { type: 'boolean', help: 'does not show console.log, .info and .debug of the server' },
  grace: {
    type: 'number',
    value: '<seconds>',
    help: 'how long requests in flight may take to finish when a process is replaced (10)',
  },
  'env-file': { type: 'list', value: '<file>', help: 'reads variables from it, as node does' },
  import: { type: 'list', value: '<module>', help: 'loads it first, as node does' },
  require: { type: 'list', short: 'r', value: '<module>', help: 'loads it first, as node does' },
  conditions: { type: 'list', short: 'C', value: '<name>', help: 'a condition of exports, as node takes it' },
  'node-option': { type: 'list', value: '<flag>', help: 'any other flag for node: --node-option=--trace-gc' },
  help: { type: 'boolean', short: 'h', help: 'shows this' },
  version: { type: 'boolean', short: 'v', help: 'shows the version' },
} as const satisfies OptionTable

export const RUN_OPTIONS = {
  'no-reload': { type: 'boolean', help: 'runs once: no watching, exits as the server does' },
  'no-overlay': { type: 'boolean', help: 'puts nothing into HTML responses' },
  'no-debugger': { type: 'boolean', help: 'no error page, no consoles' },
  watch: { type: 'list', short: 'w', value: '<glob>', help: 'watches these files too; may be repeated' },
  patterns: { type: 'string', value: '<globs>', help: 'the same as one text: --patterns="*.html;*.css"' },
  ignore: { type: 'list', value: '<glob>', help: 'never restarts for these files' },
  poll: {
    type: 'optional',
    value: '<ms>',
    range: [10, 60_000],
    help: 'looks at the files instead of waiting for events',
  },
  runtime: {
    type: 'string',
    value: '<name>',
    help: 'node, bun or deno; by itself what the file is written for',
  },
  inspect: { type: 'optional', value: '<host:port>', help: 'passed to node' },
  'inspect-brk': { type: 'optional', value: '<host:port>', help: 'passed to node' },
  'inspect-wait': { type: 'optional', value: '<host:port>', help: 'passed to node' },
  ...COMMON,
} as const satisfies OptionTable

export const SERVE_OPTIONS = {
  workers: {
    type: 'number',
    value: '<n>',
    range: [1, 512],
    help: 'how many processes answer (as many as there are cores)',
  },
  pid: { type: 'string', value: '<file>', help: 'writes the process id of the supervisor there' },
  ...COMMON,
} as const satisfies OptionTable
