// Finds a Chromium for the browser tests, or installs one; says plainly when it cannot.
// Order: CHROMIUM_PATH, Playwright's own download, a system browser, Debian's package (as root), Playwright's download.
// Writes the path found to .artifacts/chromium-path, where the tests read it.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..')
const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const found = find() ?? install()
if (found === undefined) {
  console.error('No Chromium for the browser tests.')
  console.error(
    'Install one (Debian: apt-get install chromium; anywhere: npx playwright-core install chromium),',
  )
  console.error('or name yours: CHROMIUM_PATH=/path/to/chrome npm test')
  process.exit(1)
}
mkdirSync(join(root, '.artifacts'), { recursive: true })
writeFileSync(join(root, '.artifacts', 'chromium-path'), found)
console.log(`Chromium for the browser tests: ${found}`)

function find() {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && !existsSync(named)) {
    console.error(`CHROMIUM_PATH is ${JSON.stringify(named)}, but there is no such file.`)
    process.exit(1)
  }
  return [named, chromium.executablePath(), ...SYSTEM].find((path) => path !== undefined && existsSync(path))
}

function install() {
  const isDebian = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const steps = isDebian
    ? [
        ['apt-get', ['update', '-qq']],
        ['apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']],
      ]
    : [[process.execPath, [join(root, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium']]]
  for (const [command, parameters] of steps) {
    console.log(`Installing Chromium: ${command} ${parameters.join(' ')}`)
    try {
      execFileSync(command, parameters, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    } catch (error) {
      console.error(`That failed: ${error.message}`)
    }
  }
  return find()
}
