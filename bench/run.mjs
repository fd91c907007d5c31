/** `npm run bench -- <name> …` runs `bench/<name>/run.mjs` against the built package. */

import { existsSync, readdirSync } from 'node:fs'

const here = new URL('.', import.meta.url)
const known = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`./${entry.name}/run.mjs`, here)))
  .map((entry) => entry.name)
const [name = '', ...args] = process.argv.slice(2)
if (!known.includes(name)) {
  console.error(
    `bench: ${name === '' ? 'no benchmark was named' : `there is no benchmark "${name}"`}. Name one of ` +
      `${known.join(', ')}, such as "npm run bench -- ${known[0]} short"; "--help" after it tells its options.`,
  )
  process.exit(1)
}
if (!args.includes('--help') && !existsSync(new URL('../dist/metafile-esm.json', here))) {
  console.error('bench: there is no built package to measure. Run "npm run build" first.')
  process.exit(1)
}
process.argv.splice(2, Infinity, ...args)
await import(new URL(`./${name}/run.mjs`, here))
