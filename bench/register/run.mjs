/**
 * What `--import rocksolid/register` costs a request that does not fail: `npm run bench -- register [short]
 * [options]`. The variants take turns with the same server without the register.
 */

import { tmpdir } from 'node:os'
import { benchArguments } from '../arguments.mjs'
import { compareProcesses, socketTurn, startServer, warmUp } from '../harness.mjs'
import { publish, verdict } from '../results.mjs'

const KINDS = ['http', 'express']
const options = benchArguments('register', {
  numbers: { turns: [36, 5], processes: [3, 1], ms: [200, 100], 'warm-up': [15_000, 5000] },
  words: { kind: KINDS },
})

const VARIANTS = [
  ['the same again (noise)', undefined],
  ['loaded, nothing on', { ROCKSOLID_ACCESS: 'off', ROCKSOLID_DEBUGGER: 'off' }],
  ['access log', { ROCKSOLID_ACCESS: 'combined', ROCKSOLID_DEBUGGER: 'off' }],
  ['debugger', { ROCKSOLID_ACCESS: 'off' }],
  ['access log and debugger', { ROCKSOLID_ACCESS: 'combined' }],
]

const module = new URL('./server.mjs', import.meta.url)
const TITLES = { http: 'The register on http', express: 'The register on Express' }
const preload = ['--import', import.meta.resolve('rocksolid/register')]
const tables = []

for (const kind of KINDS.filter((one) => one.includes(options.kind))) {
  const open = async (name) => {
    const env = new Map(VARIANTS).get(name)
    // Away from any configuration of this project.
    const started =
      env === undefined ? {} : { execArgv: preload, env: { ...process.env, ...env }, cwd: tmpdir() }
    const server = await startServer(module, [kind], started)
    await warmUp(server, options['warm-up'])
    return server
  }
  const found = await compareProcesses(
    ['bare', ...VARIANTS.map(([name]) => name)],
    open,
    options,
    socketTurn({ ms: options.ms }),
  )
  const floor = found.get(VARIANTS[0][0]).ratio
  const rows = [...found]
    .slice(1)
    .map(([name, { cpu, added, ratio, speed }]) => [name, cpu, added, ratio, speed, verdict(ratio, floor)])
  tables.push({
    title: TITLES[kind],
    columns: [
      { name: 'register' },
      { name: 'µs/request', digits: 1 },
      { name: 'added µs', digits: 1 },
      { name: 'of bare', digits: 2 },
      { name: 'requests/s of bare', digits: 2 },
      { name: 'against noise' },
    ],
    rows,
    plot: 2,
  })
}

publish('register', {
  about:
    'A server that answers with a small JSON, with and without `--import rocksolid/register`; 32 keep-alive connections with the headers of a browser. CPU of the server process, its variants turned against the bare server in short windows. The first row is the noise.',
  remarks: [
    'With nothing on, each event of a server passes one function. The debugger costs one asynchronous context, one for listeners on request and response, and the `emit` of both: 3 to 6 µs without sockets, where bare takes 8. On Express the access log takes more off the app than it adds (docs/decisions/0011).',
  ],
  peers: ['express'],
  tables,
  order: Object.values(TITLES),
  keep: options.whole ? 'all' : options.thin ? 'none' : 'these tables',
})
