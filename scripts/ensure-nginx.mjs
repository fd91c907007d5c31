// Finds an nginx for the test of a real proxy, or installs Debian's package as root. Says plainly when it cannot: the
// test is then left out, by name, and fails where CI is set.

import { execFileSync } from 'node:child_process'

if (!works() && process.platform === 'linux' && process.getuid?.() === 0) install()
console.log(
  works()
    ? 'nginx for the tests: found'
    : 'No nginx: the test behind a real proxy is left out (Debian: apt-get install nginx-light).',
)

function works() {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function install() {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'nginx-light']])
      execFileSync('apt-get', ['-q', ...step], { stdio: 'ignore', env })
  } catch (error) {
    console.warn(`apt-get: ${error.message}`)
  }
}
