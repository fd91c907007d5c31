// Runs every behaviour on every server and every runtime, and writes the table of docs/frameworks.md. A cell that does
// not hold must be named with its reason in test/frameworks/limits.ts; else this ends with 1 and writes nothing.
// Two optional arguments, regular expressions for runtimes and servers, try a part and write nothing either.

import { ADAPTERS, RUNTIMES, SERVERS, tryAll, type Way } from '../test/frameworks/servers.ts'

const [runtimes, servers] = [process.argv[2], process.argv[3]].map((one) => new RegExp(one ?? ''))
let failures = 0
for (const way of ['register', 'adapter'] satisfies Way[]) {
  for (const runtime of RUNTIMES.filter(({ name }) => runtimes?.test(name))) {
    for (const server of (way === 'register' ? SERVERS : ADAPTERS).filter(({ name }) =>
      servers?.test(name),
    )) {
      const outcomes = await tryAll(server, runtime, way).catch(
        (error: Error) => new Map([['starts', error.message.slice(0, 300)]]),
      )
      const failed = [...outcomes].filter(([, failure]) => failure !== undefined)
      failures += failed.length
      const told = failed.map(([name, failure]) => `\n    ${name}: ${failure}`).join('')
      console.log(`${way} ${runtime.name} ${server.title}: ${outcomes.size - failed.length} hold${told}`)
    }
  }
}
process.exitCode = failures === 0 ? 0 : 1
