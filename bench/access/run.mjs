/**
 * What logging a request costs: `npm run bench -- access [pairs] [ms]`.
 * Each variant is turned against the bare server of its kind; lines go to a file.
 */

import { readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, shown, startServer, warmUp } from '../harness.mjs'

const VARIANTS = [
  'bare-again',
  'accessLog combined',
  'accessLog common, no body',
  'accessLog json',
  'attach combined',
  'morgan combined',
  'pino-http',
]

/** Pairs of turns, milliseconds of a turn, a word that variants must have, and one that kinds must have. */
const [pairs = '16', ms = '400', only = '', kinds = ''] = process.argv.slice(2)

const module = new URL('./server.mjs', import.meta.url)

for (const kind of ['http', 'express'].filter((name) => name.includes(kinds))) {
  const base = await startServer(module, [kind, 'bare'])
  await warmUp(base)
  console.log(`\n${kind}\n`)
  console.log('| variant | bare µs/req | variant µs/req | added µs/req | ratio | req/s ratio |')
  console.log('|---|---|---|---|---|---|')
  for (const variant of VARIANTS.filter((name) => name.includes(only))) {
    const file = join(tmpdir(), `bench-access-${process.pid}.log`)
    const server = await startServer(module, [kind, variant, file])
    await warmUp(server)
    const result = await compare(base, server, { pairs: Number(pairs), ms: Number(ms) })
    const cells = [
      variant,
      shown(result.base, 1),
      shown(result.variant, 1),
      shown(result.delta, 1),
      shown(result.ratio, 2),
      shown(result.speed, 2),
    ]
    console.log(`| ${cells.join(' | ')} |`)
    server.stop()
    if (variant.startsWith('bare')) continue
    if (statSync(file).size === 0) throw new Error(`${variant} wrote nothing`)
    if (!readFileSync(file, 'utf8').includes('/user/7')) throw new Error(`${variant} wrote something else`)
    rmSync(file)
  }
  base.stop()
}
