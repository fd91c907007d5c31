/** Reads `scripts.start` of a package.json: which file it runs, with which flags, variables and arguments. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface StartScript {
  readonly file: string
  /** For node, values behind `=`; those of other programs are their own and left out. */
  readonly nodeArgs: readonly string[]
  /** Variables it sets. */
  readonly env: Readonly<Record<string, string>>
  /** For the server. */
  readonly args: readonly string[]
}

const RUNNERS = /^(?:node|nodemon|tsx|ts-node|bun|deno|rocksolid)$/
/** Commands of these programs that stand before the file. */
const COMMANDS = /^(?:run|watch)$/
/** Flags of node that take the next word. */
const VALUED: Readonly<Record<string, string>> = {
  '-r': '--require',
  '-C': '--conditions',
  '--require': '--require',
  '--import': '--import',
  '--loader': '--loader',
  '--env-file': '--env-file',
  '--conditions': '--conditions',
}
/** Watching is ours. */
const WATCHES = /^--watch/
/** What only a shell understands. */
const SHELL = /[;&|<>$`"'\\()*?]/

/** Undefined where there is none, or one that does more than run one file. */
export function readStartScript(folder: string): StartScript | undefined {
  const script = scriptOf(folder)
  if (script === undefined || SHELL.test(script)) return undefined
  const words = script.trim().split(/\s+/)
  const env: Record<string, string> = {}
  while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=')
    env[name] = value.join('=')
  }
  const runner = words.shift() ?? ''
  if (!RUNNERS.test(runner)) return undefined
  const flags: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const valued = VALUED[word]
    if (valued !== undefined) flags.push(`${valued}=${words.shift() ?? ''}`)
    else if (word.startsWith('-')) flags.push(word)
    else if (!COMMANDS.test(word) || runner === 'node') {
      const nodeArgs = runner === 'node' ? flags.filter((flag) => !WATCHES.test(flag)) : []
      return { file: word, nodeArgs, env, args: words }
    }
  }
  return undefined
}

function scriptOf(folder: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly scripts?: { readonly start?: unknown }
    }
    const start = manifest.scripts?.start
    return typeof start === 'string' ? start : undefined
  } catch {
    return undefined
  }
}
