/** `npm run bench -- <name> …` runs `bench/<name>/run.mjs` against the built package. */

import { existsSync, readdirSync } from 'node:fs'

const [name = '', ...args] = process.argv.slice(2)
const file = new URL(`./${name}/run.mjs`, import.meta.url)
if (name === '' || !existsSync(file)) {
  const known = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  console.error(`bench: name one of ${known.join(', ')}, such as "npm run bench -- ${known[0]}".`)
  process.exit(1)
}
process.argv.splice(2, Infinity, ...args)
await import(file)
