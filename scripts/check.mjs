// The whole gate, one step after the other, stopping at the first that fails. CI and contributors run the same.

import { spawnSync } from 'node:child_process'

const STEPS = [
  ['format and lint', 'npm', ['run', '--silent', 'lint']],
  ['types of server and browser client', 'npm', ['run', '--silent', 'types']],
  ['dead code', 'npx', ['knip', '--no-progress']],
  ['build, then tests', 'npm', ['test', '--silent']],
  ['package contents', 'npx', ['publint', '--strict']],
  ['types as consumers resolve them', 'npx', ['attw', '--pack', '.', '--profile', 'node16', '--quiet']],
]

const startedAt = performance.now()
for (const [name, command, parameters] of STEPS) {
  console.log(`\n== ${name}`)
  const stepStartedAt = performance.now()
  const { status } = spawnSync(command, parameters, {
    stdio: 'inherit',
    env: { ...process.env, npm_config_loglevel: 'error' },
  })
  const seconds = ((performance.now() - stepStartedAt) / 1000).toFixed(1)
  if (status !== 0) {
    console.error(`\n== ${name}: failed after ${seconds} s (${command} ${parameters.join(' ')})`)
    process.exit(1)
  }
  console.log(`== ${name}: passed in ${seconds} s`)
}
console.log(`\nAll ${STEPS.length} steps passed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
