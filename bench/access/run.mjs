/**
 * What logging a request costs: `npm run bench -- access [pairs] [ms]`.
 * Each variant is turned against the bare server of its kind; lines go to a file.
 */

import { readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, shown, startServer, warmUp } from '../harness.mjs'
import { publish, verdict } from '../results.mjs'

const VARIANTS = [
  'bare-again',
  'accessLog combined',
  'accessLog common, no body',
  'accessLog json',
  'attach combined',
  'morgan combined',
  'pino-http',
]

/** `short`, or pairs of turns, milliseconds of a turn, a word that variants must have, and one that kinds must have. */
const [first = '16', ms = '400', only = '', kinds = ''] = process.argv.slice(2)
const pairs = first === 'short' ? '4' : first

const COLUMNS = [
  { name: 'variant' },
  { name: 'µs/request', digits: 1 },
  { name: 'added µs', digits: 1 },
  { name: 'of bare', digits: 2 },
  { name: 'requests/s of bare', digits: 2 },
  { name: 'against noise' },
]

const module = new URL('./server.mjs', import.meta.url)
const tables = []

for (const kind of ['http', 'express'].filter((name) => name.includes(kinds))) {
  const base = await startServer(module, [kind, 'bare'])
  let floor
  await warmUp(base)
  const rows = []
  for (const variant of VARIANTS.filter((name) => name.includes(only))) {
    const file = join(tmpdir(), `bench-access-${process.pid}.log`)
    const server = await startServer(module, [kind, variant, file])
    await warmUp(server)
    const result = await compare(base, server, { pairs: Number(pairs), ms: Number(ms) })
    if (variant === 'bare-again') floor = result.ratio
    rows.push([
      variant,
      result.variant,
      result.delta,
      result.ratio,
      result.speed,
      floor === undefined ? null : verdict(result.ratio, floor),
    ])
    console.error(`${kind}, ${variant}: ${shown(result.ratio, 2)} of bare`)
    server.stop()
    if (variant.startsWith('bare')) continue
    if (statSync(file).size === 0) throw new Error(`${variant} wrote nothing`)
    if (!readFileSync(file, 'utf8').includes('/user/7')) throw new Error(`${variant} wrote something else`)
    rmSync(file)
  }
  base.stop()
  tables.push({ title: `On ${kind}`, columns: COLUMNS, rows, plot: 2 })
}

publish('access', {
  about:
    'A server that answers `hello`, bare and with a log of its requests to a file; 32 keep-alive connections with the ' +
    'headers of a browser. CPU of the server process, its variants turned against the bare server in short windows.',
  remarks: [
    'On plain http nearly all that is left is the write to the file; a close listener, one string and a buffered write alone stand at 1.2 of bare. The spread of this run is wide: the machine was not quiet.',
  ],
  peers: ['morgan', 'pino-http', 'express'],
  tables,
  short: first === 'short' || only !== '' || kinds !== '',
})
