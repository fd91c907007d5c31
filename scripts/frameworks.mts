// Runs every behaviour on every server and runtime. Cells that do not hold must be named with a reason.

import { behavioursFor, limitOf, RUNTIMES, SERVERS, startSubject } from '../test/frameworks/servers.ts'

const wantedRuntime = new RegExp(process.argv[2] ?? '')
const wantedServer = new RegExp(process.argv[3] ?? '')
for (const runtime of RUNTIMES.filter(({ name }) => wantedRuntime.test(name))) {
  for (const server of SERVERS.filter(({ name }) => wantedServer.test(name))) {
    let subject: Awaited<ReturnType<typeof startSubject>>
    try {
      subject = await startSubject(server, runtime)
    } catch (error) {
      console.log(runtime.name, server.title, 'DOES NOT START', String(error).slice(0, 600))
      continue
    }
    const failed: string[] = []
    for (const { name, check } of behavioursFor(server)) {
      if (subject.app.exitCode() !== null) { await subject.stop(); subject = await startSubject(server, runtime) }
      try {
        const t = performance.now(); await check(subject); if (process.env.TIMES) console.log('  ', name, Math.round(performance.now() - t))
      } catch (error) {
        failed.push(`\n    ${name}: ${String((error as Error).message).replace(/\s+/g, ' ').slice(0, 300)}`)
      }
    }
    await subject.stop()
    console.log(runtime.name, server.title, failed.length === 0 ? 'all' : failed.join(''))
  }
}
