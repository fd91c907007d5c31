/**
 * What logging a request costs: `npm run bench -- access [pairs|short] [ms] [variant] [table]`, the last two being words
 * that the names must have. Each variant is turned against the bare server of its kind.
 */

import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, shown, startServer, warmUp } from '../harness.mjs'
import { publish, verdict } from '../results.mjs'

const MIDDLEWARE = ['accessLog combined', 'morgan combined', 'pino-http']
const WHOLE = ['accessLog combined', 'accessLog common, no body', 'accessLog json', 'attach combined']

const TABLES = [
  { title: 'On http', kind: 'http', variants: [...WHOLE, 'morgan combined', 'pino-http'] },
  { title: 'On Express', kind: 'express', variants: [...WHOLE, 'morgan combined', 'pino-http'] },
  { title: 'On Fastify', kind: 'fastify', variants: ['adapter', 'attach combined', "fastify's logger"] },
  { title: 'On Koa', kind: 'koa', variants: ['adapter', 'attach combined', 'koa-logger'] },
  { title: 'On http, to stdout, a pipe', kind: 'http', variants: MIDDLEWARE, to: 'stdout' },
  { title: 'On http, eight requests pipelined', kind: 'http', variants: MIDDLEWARE, shape: { depth: 8 } },
  { title: 'On http, one connection', kind: 'http', variants: MIDDLEWARE, shape: { connections: 1 } },
]

const [first = '12', ms = '300', only = '', tablesWanted = ''] = process.argv.slice(2)
const pairs = first === 'short' ? 2 : Number(first)

const COLUMNS = [
  { name: 'variant' },
  { name: 'µs/request', digits: 1 },
  { name: 'added µs', digits: 1 },
  { name: 'of bare', digits: 2 },
  { name: 'requests/s of bare', digits: 2 },
  { name: 'against noise' },
]

const module = new URL('./server.mjs', import.meta.url)

/** What has been written must be the lines of these requests. */
function checkLines(file, variant) {
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  if (!text.includes('/user/7'))
    throw new Error(`${variant} wrote ${text === '' ? 'nothing' : 'something else'}`)
}

async function measure({ title, kind, variants, to, shape }) {
  const base = await startServer(module, [kind, 'bare'])
  await warmUp(base)
  let floor
  const rows = []
  for (const variant of ['bare again', ...variants.filter((name) => name.includes(only))]) {
    const file = to ?? join(tmpdir(), `bench-access-${process.pid}.log`)
    const server = await startServer(module, [kind, variant, file])
    await warmUp(server)
    const result = await compare(base, server, { pairs, ms: Number(ms), ...shape })
    floor ??= result.ratio
    const { variant: cpu, delta, ratio, speed } = result
    rows.push([variant, cpu, delta, ratio, speed, verdict(ratio, floor)])
    console.error(`${title}, ${variant}: ${shown(ratio, 2)} of bare`)
    server.stop()
    if (to === undefined && variant !== 'bare again') checkLines(file, variant)
  }
  base.stop()
  return { title, columns: COLUMNS, rows, plot: 2 }
}

const tables = []
for (const table of TABLES.filter(({ title }) => title.includes(tablesWanted)))
  tables.push(await measure(table))

publish('access', {
  about:
    'A server that answers `hello`, bare and with a log of its requests, to a file if nothing else is said; 32 ' +
    'keep-alive connections with the headers of a browser. CPU of the server process, its variants turned against the ' +
    'bare server in short windows. `bare again` is the noise.',
  remarks: [
    'On plain http most of what is left is one listener a response and the write to the file. The bare server itself varies: three runs of this machine put `accessLog combined` at 1.11, 1.23 and 1.27 of bare. With eight requests pipelined all of them cost more, since Node gathers such responses.',
  ],
  peers: ['morgan', 'pino-http', 'koa-logger', 'express', 'fastify', 'koa'],
  tables,
  short: first === 'short' || only !== '' || tablesWanted !== '',
})
