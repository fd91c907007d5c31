/**
 * What `--import rocksolid/register` costs a request that does not fail: `npm run bench -- register [pairs] [ms] [short] [kind]`.
 * Each variant is turned against the same server without the register.
 */

import { tmpdir } from 'node:os'
import { compare, startServer, warmUp } from '../harness.mjs'
import { publish, verdict } from '../results.mjs'

const [first = '16', ms = '400', mode = '', only = ''] = process.argv.slice(2)
const short = first === 'short' || mode === 'short' || only !== ''
const pairs = first === 'short' ? '4' : first

const VARIANTS = [
  ['the same again (noise)', undefined],
  ['loaded, nothing on', { ROCKSOLID_ACCESS: 'off', ROCKSOLID_DEBUGGER: 'off' }],
  ['access log', { ROCKSOLID_ACCESS: 'combined', ROCKSOLID_DEBUGGER: 'off' }],
  ['debugger', { ROCKSOLID_ACCESS: 'off' }],
  ['access log and debugger', { ROCKSOLID_ACCESS: 'combined' }],
]

const module = new URL('./server.mjs', import.meta.url)
const preload = ['--import', import.meta.resolve('rocksolid/register')]
const tables = []

for (const kind of ['http', 'express'].filter((one) => one.includes(only))) {
  const base = await startServer(module, [kind])
  await warmUp(base)
  const rows = []
  let floor
  for (const [name, env] of VARIANTS) {
    // Away from any configuration of this project.
    const started =
      env === undefined ? {} : { execArgv: preload, env: { ...process.env, ...env }, cwd: tmpdir() }
    const server = await startServer(module, [kind], started)
    await warmUp(server)
    const result = await compare(base, server, { pairs: Number(pairs), ms: Number(ms) })
    floor ??= result.ratio
    rows.push([name, result.variant, result.delta, result.ratio, result.speed, verdict(result.ratio, floor)])
    server.stop()
  }
  base.stop()
  tables.push({
    title: `On ${kind}`,
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
    'A server that answers with a small JSON, with and without `--import rocksolid/register`; 32 keep-alive connections with the headers of a browser. CPU of the server process, its variants turned against the bare server in short windows.',
  peers: ['express'],
  tables,
  short,
})
