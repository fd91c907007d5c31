// Installs the other Node versions the tests run applications on, in a package of their own (tools/), so that the
// root's scripts keep the system's Node. They exist for Linux on x64; elsewhere the tests say which runtimes they ran.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const tools = join(import.meta.dirname, '..', 'tools')
const { optionalDependencies } = JSON.parse(readFileSync(join(tools, 'package.json'), 'utf8'))
const missing = Object.keys(optionalDependencies).filter(
  (name) => !existsSync(join(tools, 'node_modules', name, 'bin', 'node')),
)

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`Other Node versions for the tests: none for ${process.platform} ${process.arch}`)
} else if (missing.length > 0) {
  console.log(`Installing ${missing.join(', ')} for the tests…`)
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: tools,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
} else console.log(`Other Node versions for the tests: ${Object.keys(optionalDependencies).join(', ')}`)
