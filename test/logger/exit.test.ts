import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { numbersIn, runChild, startChild, upTo } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const LINES = 20_000

const setUp = `
const { createLogger, fileSink } = rocksolid
const log = createLogger({ sinks: [fileSink(args[0], JSON.parse(args[1] ?? '{}'))] })
const burst = (from, to) => { for (let n = from; n < to; n++) log.info('line', { n }) }
const steady = (from, to, done) => {
  if (from >= to) return done()
  burst(from, from + 100)
  setImmediate(steady, from + 100, to, done)
}
`

const ends: Record<string, string> = {
  'process.exit at once': 'process.exit(0)',
  'an uncaught exception': 'throw new Error("dead")',
  'an unhandled rejection': 'Promise.reject(new Error("dead")); setTimeout(() => {}, 10_000)',
  'the natural end': '',
  'SIGTERM to itself': 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 10_000)',
}

describe('nothing is lost at the end of the process', () => {
  it.each(Object.entries(ends))('after a burst ended by %s', async (name, end) => {
    const path = at(`burst-${name.replace(/\W/g, '')}.log`)
    await runChild(`${setUp} burst(0, ${LINES}); ${end}`, { args: [path] })
    expect(numbersIn(path).filter((n) => n !== undefined)).toEqual(upTo(LINES))
  })

  it.each(Object.entries(ends))('after a steady stream ended by %s', async (name, end) => {
    const path = at(`steady-${name.replace(/\W/g, '')}.log`)
    await runChild(`${setUp} steady(0, ${LINES}, () => { log.info('last', { n: ${LINES} }); ${end} })`, {
      args: [path],
    })
    expect(numbersIn(path).filter((n) => n !== undefined)).toEqual(upTo(LINES + 1))
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'after %s from outside, which still kills it',
    async (signal) => {
      const path = at(`${signal}.log`)
      const child = await startChild(
        `${setUp} process.stdout.write('up'); burst(0, 100)
       const spin = () => { const end = Date.now() + 300; while (Date.now() < end); }
       setImmediate(() => { burst(100, 150); process.stdout.write('logged'); spin(); })
       setTimeout(() => {}, 10_000)`,
        { args: [path] },
      )
      await child.printed('logged')
      child.process.kill(signal)
      const result = await child.done
      expect(result.signal).toBe(signal)
      expect(numbersIn(path)).toEqual(upTo(150))
    },
  )

  it('when the program handles SIGTERM itself: it is left to end as it likes, and its last lines arrive', async () => {
    const path = at('own-handler.log')
    const child = await startChild(
      `${setUp} process.once('SIGTERM', () => { setTimeout(() => { log.info('bye', { n: 100 }); process.exit(7) }, 50) })
       burst(0, 100); process.stdout.write('up'); setTimeout(() => {}, 10_000)`,
      { args: [path] },
    )
    await child.printed('up')
    child.process.kill('SIGTERM')
    const result = await child.done
    expect(result.code).toBe(7)
    expect(numbersIn(path)).toEqual(upTo(101))
  })

  it('when the program handles SIGTERM and goes on, it hears of each signal once', async () => {
    const path = at('goes-on.log')
    const child = await startChild(
      `${setUp} let heard = 0; process.on('SIGTERM', () => { heard++; log.info('heard', { n: 100 }); setTimeout(() => process.exit(heard), 200) })
       burst(0, 100); process.stdout.write('up'); setTimeout(() => {}, 10_000)`,
      { args: [path] },
    )
    await child.printed('up')
    child.process.kill('SIGTERM')
    expect((await child.done).code).toBe(1)
    expect(numbersIn(path)).toEqual(upTo(101))
  })

  it('what exit handlers of the program log arrives too, also those that run after ours', async () => {
    const path = at('late.log')
    await runChild(`${setUp} process.on('exit', () => burst(3, 6)); burst(0, 3)`, { args: [path] })
    expect(numbersIn(path)).toEqual(upTo(6))
  })

  it('kill -9 takes at most the running turn of the event loop', async () => {
    const path = at('kill9.log')
    const child = await startChild(
      `${setUp} let n = 0; const turn = () => { burst(n, n + 100); n += 100; if (n === 5000) { fs.writeSync(1, 'now'); const end = Date.now() + 5000; while (Date.now() < end); } setImmediate(turn) }; turn()`,
      { args: [path] },
    )
    await child.printed('now')
    child.process.kill('SIGKILL')
    await child.done
    const written = numbersIn(path)
    expect(written).toEqual(upTo(written.length))
    expect(written.length).toBeGreaterThanOrEqual(4900)
  })

  it('kill -9 takes nothing in sync mode', async () => {
    const path = at('kill9-sync.log')
    const child = await startChild(
      `${setUp} burst(0, 500); fs.writeSync(1, 'now'); const end = Date.now() + 5000; while (Date.now() < end);`,
      { args: [path, '{"sync":true}'] },
    )
    await child.printed('now')
    child.process.kill('SIGKILL')
    await child.done
    expect(numbersIn(path)).toEqual(upTo(500))
  })
})

describe('an error that kills the process', () => {
  it('is in every sink as fatal, with its stack and causes, and the exit code is as ever', async () => {
    const path = at('fatal.log')
    const result = await runChild(
      `const { createLogger, fileSink, streamSink } = rocksolid
       createLogger({ name: 'app', sinks: [fileSink(args[0]), streamSink({ format: 'logfmt' })] })
       setTimeout(() => { throw new TypeError('dead', { cause: new Error('why') }) }, 10)`,
      { args: [path] },
    )
    const record = JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>
    expect(record).toMatchObject({
      level: 'fatal',
      logger: 'app',
      msg: 'Uncaught exception',
      err: { type: 'TypeError', message: 'dead', cause: { message: 'why' } },
    })
    expect(result.stderr).toContain('level=fatal')
    expect(result.code).toBe(1)
  })

  it('is written once, and the process goes on, when the program catches it itself', async () => {
    const path = at('survived.log')
    const result = await runChild(
      `${setUp} process.on('uncaughtException', () => console.log('survived'))
       setTimeout(() => { throw new Error('caught later') }, 10)`,
      { args: [path] },
    )
    expect(result).toMatchObject({ code: 0, stdout: 'survived\n' })
    expect(readFileSync(path, 'utf8').match(/"message":"caught later"/g)?.length).toBe(1)
  })
})

describe('an error that kills the process in the middle of a request', () => {
  it('is logged with the id, method and URL of that request', async () => {
    const path = at('request.log')
    const result = await runChild(
      `import http from 'node:http'
       const logged = rocksolid.withLogging((req) => { setTimeout(() => { throw new Error('late') }, 10) }, { toFile: args[0], format: 'json' })
       http.createServer(logged).listen(0, function () { fetch('http://127.0.0.1:' + this.address().port + '/who').catch(() => {}) })`,
      { args: [path] },
    )
    expect(result.code).toBe(1)
    const record = { level: 'fatal', method: 'GET', url: '/who', err: { message: 'late' } }
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(record)
  })
})

describe('the process is left as it was', () => {
  it('closing the last sink takes every listener off process', async () => {
    const path = at('listeners.log')
    const result = await runChild(
      `const events = ['exit', 'beforeExit', 'SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtExceptionMonitor']
       const count = () => events.map((event) => process.listenerCount(event)).join()
       const before = count()
       ${setUp}
       const during = count()
       await log.close()
       console.log(JSON.stringify({ before, during, after: count() }))`,
      { args: [path] },
    )
    const { before, during, after } = JSON.parse(result.stdout) as Record<string, string>
    expect(during).not.toBe(before)
    expect(after).toBe(before)
  })

  it('a logger does not keep the process alive', async () => {
    const started = performance.now()
    const result = await runChild(`${setUp} burst(0, 1)`, { args: [at('alive.log')] })
    expect(result.code).toBe(0)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
