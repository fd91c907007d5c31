/**
 * What logging a request costs: `npm run bench -- access [short] [options]`. The variants take turns with the bare
 * server of their kind, in a new random order each time.
 */

import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchArguments } from '../arguments.mjs'
import { compareProcesses, socketTurn, startServer, warmUp } from '../harness.mjs'
import { installPeers } from '../peers.mjs'
import { publish, verdict } from '../results.mjs'
import { compareWithoutSockets } from './without-sockets.mjs'

const MIDDLEWARE = ['accessLog combined', 'accessLog json', 'morgan combined', 'pino-http']
const OURS = ['accessLog combined', 'accessLog common, no body', 'accessLog json', 'attach combined']
const ALL = [...OURS, 'morgan combined', 'pino-http']
const ADAPTER = ['adapter combined', 'adapter json', 'attach combined']

const TABLES = [
  { title: 'On http', kind: 'http', variants: ALL },
  { title: 'On Express', kind: 'express', variants: ALL },
  { title: 'On http, without sockets', kind: 'http', variants: ALL, fed: true },
  { title: 'On Express, without sockets', kind: 'express', variants: ALL, fed: true },
  { title: 'On Fastify', kind: 'fastify', variants: [...ADAPTER, "fastify's logger"] },
  { title: 'On Koa', kind: 'koa', variants: [...ADAPTER, 'koa-logger'] },
  { title: 'On http, to stdout, a pipe', kind: 'http', variants: MIDDLEWARE, to: 'stdout' },
  { title: 'On Express, to stdout, a pipe', kind: 'express', variants: MIDDLEWARE, to: 'stdout' },
  {
    title: 'On Fastify, to stdout, a pipe',
    kind: 'fastify',
    variants: ['adapter combined', 'adapter json', "fastify's logger"],
    to: 'stdout',
  },
  { title: 'On http, eight requests pipelined', kind: 'http', variants: MIDDLEWARE, shape: { depth: 8 } },
  { title: 'On http, one connection', kind: 'http', variants: MIDDLEWARE, shape: { connections: 1 } },
]

const options = benchArguments('access', {
  numbers: { turns: [30, 3], processes: [3, 1], ms: [300, 80], 'warm-up': [10_000, 3000] },
  words: {
    variant: [...new Set(TABLES.flatMap(({ variants }) => variants))],
    table: TABLES.map(({ title }) => title),
  },
})

installPeers()

const COLUMNS = [
  { name: 'variant' },
  { name: 'µs/request', digits: 1 },
  { name: 'added µs', digits: 1 },
  { name: "of morgan's", digits: 2 },
  { name: "of pino-http's", digits: 2 },
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

async function withSockets({ kind, to, shape }, variants, fileOf) {
  const open = async (variant) => {
    const server = await startServer(module, [kind, variant, to ?? fileOf(variant)])
    await warmUp(server, options['warm-up'])
    return server
  }
  return compareProcesses(variants, open, options, socketTurn({ ms: options.ms, ...shape }))
}

async function measure(table) {
  const { title, kind, to, fed = false } = table
  const wanted = table.variants.filter((name) => name.toLowerCase().includes(options.variant))
  const variants = ['bare', 'bare again', ...wanted]
  const fileOf = (variant) => join(tmpdir(), `bench-access-${process.pid}-${variants.indexOf(variant)}.log`)
  console.error(`${title} …`)
  const found = fed
    ? await compareWithoutSockets(kind, variants, fileOf, {
        ...options,
        turns: options.turns * 3,
        warmUp: options['warm-up'],
      })
    : await withSockets(table, variants, fileOf)
  if (to === undefined) for (const variant of wanted) checkLines(fileOf(variant), variant)
  const floor = found.get('bare again').ratio
  const share = (variant, peer) =>
    found.has(peer) ? found.get(variant).addedMean / found.get(peer).addedMean : null
  const rows = variants.slice(1).map((variant) => {
    const { cpu, added, ratio, speed } = found.get(variant)
    const shares = ['morgan combined', 'pino-http'].map((peer) => share(variant, peer))
    return [variant, cpu, added, ...shares, ratio, fed ? null : speed, verdict(ratio, floor)]
  })
  return withoutEmpty({ title, columns: COLUMNS, rows, plot: 2 })
}

/** A table without the columns that have nothing to tell in it. */
function withoutEmpty({ columns, rows, ...table }) {
  const kept = columns.map((_, at) => rows.some((row) => row[at] !== null))
  const pick = (cells) => cells.filter((_, at) => kept[at])
  return { ...table, columns: pick(columns), rows: rows.map(pick) }
}

/** A whole title means that table alone, though others begin with it. */
const named = TABLES.filter(({ title }) => title.toLowerCase() === options.table)
const partly = TABLES.filter(({ title }) => title.toLowerCase().includes(options.table))
const tables = []
for (const table of named.length > 0 ? named : partly) {
  if (table.variants.some((name) => name.toLowerCase().includes(options.variant)))
    tables.push(await measure(table))
}

publish('access', {
  about:
    'A server that answers `hello`, bare and with a log of its requests, to a file if nothing else is said; 32 ' +
    'keep-alive connections with the headers of a browser. CPU of the server process; all variants of a table take turns in ' +
    'short windows, each after a tenth of a second of load, in a new random order each time, in three processes each one after the other, and are compared with the bare server of the same turn. `bare again` is the noise. ' +
    'Each table changes one thing: the framework, the destination, the shape of the load. ' +
    'Without sockets, requests are pushed into the same servers from within their process: what is left is HTTP, framework and log. ' +
    "`of morgan's` is what a log adds as a share of what morgan adds, by the means of the middle half of all turns.",
  remarks: [
    "On plain http and a quiet machine a request with the log takes 1.5 µs more: the measuring 0.6, the line 0.5, the write to the file 0.4. Under Express on Node 20 and 22 each request and response gets a hidden class of its own, so that every property that is read costs a look-up; the log gives them what Express will add beforehand, so that they share their classes, and the whole app then costs less with it than without (docs/decisions/0011 has the parts). What the log itself costs there is therefore not to be seen in this table; morgan and pino-http add their cost to an app as it is without. With eight requests pipelined all of them cost more, since Node gathers such responses. `accessLog json` writes twice the bytes of the other lines; pino-http and Fastify's logger write JSON too. The adapters do what `attach` does, and keep the route of each request for whoever asks.",
  ],
  peers: ['morgan', 'pino-http', 'koa-logger', 'express', 'fastify', 'koa'],
  tables,
  order: TABLES.map(({ title }) => title),
  keep: options.whole ? 'all' : options.thin || options.variant !== '' ? 'none' : 'these tables',
})
