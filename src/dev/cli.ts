/**
 * The command line: finds the command, prints help and version, and turns mistakes into one clear line. What a command
 * does stands in its own file and is loaded when it is called.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { painter, useColor } from '../core/ansi.ts'
import { ConfigError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { type OptionTable, optionLines, parseArguments } from './arguments.ts'
import { CONSOLE_OPTIONS } from './console/options.ts'
import { distFolder } from './dist-folder.ts'
import { RUN_OPTIONS, SERVE_OPTIONS } from './run-options.ts'

interface Command {
  readonly summary: string
  readonly usage: string
  /** Undefined where the command reads its own arguments. */
  readonly options?: OptionTable
  /** Answers the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: 'runs a server for development: reload, access log, debugger, prints, overlay',
    usage: 'rocksolid [run] [options] [file …] [-- arguments of the server]',
    options: RUN_OPTIONS,
    run: async (args) =>
      (await import('./run-command.ts')).runCommand(
        parseArguments(args, RUN_OPTIONS, { serve: SERVE_OPTIONS, console: CONSOLE_OPTIONS }),
      ),
  },
  serve: {
    summary: 'keeps workers of a server running; SIGHUP reloads them one by one',
    usage: 'rocksolid serve [options] [file] [-- arguments of the server]',
    options: SERVE_OPTIONS,
    run: async (args) =>
      (await import('./serve-command.ts')).serveCommand(
        parseArguments(args, SERVE_OPTIONS, { run: RUN_OPTIONS }),
      ),
  },
  console: {
    summary: 'opens a console in a frame of the last error of a running server',
    usage: 'rocksolid console [options] [id] [frame]',
    options: CONSOLE_OPTIONS,
    run: async (args) => (await import('./console-command.ts')).consoleCommand(args),
  },
}

/** What other tools call the command that needs no name here. */
const OTHER_NAMES = ['dev', 'start', 'watch']

/** Exit code for a wrong command line. */
const USAGE_ERROR = 2

/** Runs the command line `args` and answers the exit code. Never rejects for a mistake of the user's. */
export async function main(args: readonly string[]): Promise<number> {
  const [first = ''] = args
  const name = Object.hasOwn(COMMANDS, first) ? first : 'run'
  const own = name === first ? args.slice(1) : args
  const command = COMMANDS[name] as Command
  const before = own.slice(0, own.includes('--') ? own.indexOf('--') : own.length)
  if (first === 'help') return helpCommand(args[1])
  if (command.options !== undefined && asks(before, '--help', '-h'))
    return helpCommand(name === first ? name : undefined)
  if (asks(before, '--version', '-v')) {
    process.stdout.write(`${await version()}\n`)
    return 0
  }
  try {
    return await command.run(own)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return mistake(`${error.message}${name === first ? '' : commandHint(first)}`)
  }
}

function mistake(message: string): number {
  process.stderr.write(`rocksolid: ${message}\n`)
  return USAGE_ERROR
}

function commandHint(first: string): string {
  const named = Object.keys(COMMANDS)
  const meant = OTHER_NAMES.includes(first)
    ? 'run'
    : first.startsWith('-')
      ? undefined
      : nearest(first, named)
  return meant === undefined ? '' : ` Did you mean the command "${meant}"?`
}

function helpCommand(about: string | undefined): number {
  if (about !== undefined && !Object.hasOwn(COMMANDS, about)) {
    const named = Object.keys(COMMANDS)
    return mistake(
      `there is no command ${JSON.stringify(about)}. There are: ${named.join(', ')}.${commandHint(about)}`,
    )
  }
  process.stdout.write(`${about === undefined ? help() : helpOf(about)}\n`)
  return 0
}

const asks = (args: readonly string[], ...names: readonly string[]): boolean =>
  args.some((arg) => names.includes(arg))

const heading = (text: string): string => painter(useColor(process.stdout))('bold', text)

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  return [
    'rocksolid server.ts',
    '',
    heading('Commands:'),
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `${helpOf('run')}`,
    '',
    'rocksolid help <command> tells of another command.',
  ].join('\n')
}

function helpOf(name: string): string {
  const { summary, usage, options = {} } = COMMANDS[name] as Command
  const more = Object.keys(options).length === 0 ? [] : ['', heading('Options:'), ...optionLines(options)]
  return [
    `${heading('Usage:')} ${usage}`,
    '',
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...more,
  ].join('\n')
}

async function version(): Promise<string> {
  const manifest = await readFile(join(distFolder(), '..', 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
