import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createLogger, type FileSinkOptions, fileSink, httpSink, type SinkTrouble } from '../../src/logger.ts'
import { numbersIn, runChild, startChild, upTo } from './child.ts'
import { smallDisk } from './small-disk.ts'
import { startSmtp } from './smtp-server.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const until = async (condition: () => boolean): Promise<void> => {
  const end = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const { disk, isMounted } = smallDisk(at('disk'))
const remount = (how: 'ro' | 'rw'): void => void execFileSync('mount', ['-o', `remount,${how}`, disk])

describe.skipIf(!isMounted)('a read-only file system (needs root, to mount one)', () => {
  it('at start is an error that says so', () => {
    remount('ro')
    try {
      expect(() => fileSink(join(disk, 'new.log'))).toThrow(
        /The file system is read-only: choose another path/,
      )
    } finally {
      remount('rw')
    }
  })

  it('while running: lines are kept, told of once, and written in order when it can be written again', async () => {
    const path = join(disk, 'app.log')
    const child = await startChild(
      `const sink = rocksolid.fileSink(args[0])
       const log = rocksolid.createLogger({ sinks: [sink] })
       let n = 0
       const some = () => { for (let k = 0; k < 50; k++) log.info('line', { n: n++ }) }
       some(); await log.flush(); sink.reopen()
       process.stdout.write('up')
       process.stdin.once('data', () => {
         const timer = setInterval(() => { some(); if (n === 1000) { clearInterval(timer); process.stdout.write('logged') } }, 1)
         process.stdin.once('data', async () => { some(); await log.flush(); process.exit(0) })
       })`,
      { args: [path], stdio: ['pipe', 'pipe', 'pipe'] },
    )
    await child.printed('up')
    remount('ro')
    child.process.stdin?.write('go')
    await child.printed('logged')
    await child.printed('EROFS')
    remount('rw')
    child.process.stdin?.write('end')
    const { code, stderr } = await child.done
    expect(code).toBe(0)
    expect(numbersIn(path)).toEqual(upTo(1050))
    expect(stderr.match(/failed: EROFS.*Records are kept and tried again/g)).toHaveLength(1)
    expect(stderr).toMatch(/recovered/)
    expect(stderr).not.toMatch(/lost/)
  })
})

/** Lines of 100 characters to a pipe that is not read until the last is logged; what the reader then gets. */
async function slowReader(options: string, count: number) {
  const child = await startChild(
    `process.stdout.write('up\\n') // the runtime makes the pipe non-blocking: full is EAGAIN from here on
     const log = rocksolid.createLogger({ sinks: [rocksolid.streamSink({ stream: 'stdout', format: 'json', maxPending: 65536, ${options} })] })
     const started = Date.now()
     fs.writeSync(2, 'ready\\n')
     for (let n = 0; n < ${count}; n++) log.info('a line that fills the pipe sooner or later', { n })
     const { heapUsed } = process.memoryUsage()
     fs.writeSync(2, 'logged ' + (Date.now() - started) + ' ms ' + Math.round(heapUsed / 2 ** 20) + ' MB\\n')
     setTimeout(async () => { await log.flush(); log.info('after', { n: ${count} }); await log.close() }, 50)`,
  )
  child.process.stdout?.pause()
  return child
}

const numbersOf = (stdout: string): number[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { n: number }).n)

describe('a pipe whose reader is slow, and which says "not now" (EAGAIN)', () => {
  it.each(['', 'sync: false'])('block: the program waits, and every line arrives (%s)', async (more) => {
    const child = await slowReader(`overflow: 'block', ${more}`, 20_000)
    await child.printed('ready')
    await new Promise((resolve) => setTimeout(resolve, 600))
    child.process.stdout?.resume()
    const { stdout, stderr, code } = await child.done
    expect(code).toBe(0)
    expect(numbersOf(stdout)).toEqual(upTo(20_001))
    expect(Number(/logged (\d+) ms/.exec(stderr)?.[1])).toBeGreaterThan(100)
    expect(stderr).not.toMatch(/lost/)
  })

  it.each([
    ['drop-oldest', true],
    ['drop-newest', false],
  ])('%s: memory is bounded, what is lost is counted, no line is torn', async (overflow, isLastThere) => {
    const child = await slowReader(`overflow: '${overflow}'`, 20_000)
    await child.printed('logged')
    child.process.stdout?.resume()
    const { stdout, stderr, code } = await child.done
    expect(code).toBe(0)
    const numbers = numbersOf(stdout)
    expect(numbers).toEqual([...numbers].sort((left, right) => left - right))
    expect(numbers[0]).toBe(0)
    expect(numbers.at(-1)).toBe(20_000)
    expect(numbers.includes(19_999)).toBe(isLastThere)
    const lost = [...stderr.matchAll(/(\d+) records? lost/g)].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    )
    expect(lost).toBeGreaterThan(10_000)
    expect(numbers.length + lost).toBe(20_001)
    expect(Number(/(\d+) MB/.exec(stderr)?.[1])).toBeLessThan(64)
  })
})

describe('a receiver that answers slowly', () => {
  it.each(['drop-oldest', 'drop-newest'] as const)(
    '%s: memory is bounded, what is lost is counted, order is kept',
    async (overflow) => {
      const got: number[] = []
      const server = http.createServer((req, res) => {
        let body = ''
        req.on('data', (chunk: Buffer) => (body += chunk.toString()))
        req.on('end', () => {
          for (const line of body.split('\n').filter(Boolean)) got.push((JSON.parse(line) as { n: number }).n)
          setTimeout(() => res.end(), 100)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      closing.push(
        () => server.closeAllConnections(),
        () => server.close(),
      )
      const troubles: SinkTrouble[] = []
      const { port } = server.address() as AddressInfo
      const sink = httpSink(`http://127.0.0.1:${port}`, {
        delayMs: 1,
        batchSize: 20,
        maxQueued: 10_000,
        overflow,
      })
      const log = createLogger({
        uncaught: false,
        sinks: [sink],
        onTrouble: (trouble) => troubles.push(trouble),
      })
      for (let n = 0; n < 3000; ) {
        for (let k = 0; k < 100; k++) log.info('line', { n: n++ })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await log.close()
      const lost = troubles.reduce((sum, trouble) => sum + trouble.lost, 0)
      expect(lost).toBeGreaterThan(500)
      expect(got.length + lost).toBe(3000)
      expect(got).toEqual([...got].sort((left, right) => left - right))
      expect(got.includes(2999)).toBe(overflow === 'drop-oldest')
    },
  )
})

/** Receivers that can go away and come back on the same port. */
interface Receiver {
  readonly port: number
  /** What they have got, in order. */
  readonly got: number[]
  stop(): Promise<void>
}

async function serve(onConnection: (socket: Socket) => void, port: number): Promise<Omit<Receiver, 'got'>> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  closing.push(stop)
  return { port: (server.address() as AddressInfo).port, stop }
}

const receivers: Record<string, { sink: string; start: (port: number) => Promise<Receiver> }> = {
  HTTP: {
    sink: 'httpSink(`http://127.0.0.1:${args[0]}`, { ...quick, spool: args[1] })',
    start: async (port) => {
      const got: number[] = []
      const server = http.createServer((req, res) => {
        let body = ''
        req.on('data', (chunk: Buffer) => (body += chunk.toString()))
        req.on('end', () => {
          for (const line of body.split('\n').filter(Boolean)) got.push((JSON.parse(line) as { n: number }).n)
          res.end()
        })
      })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      const stop = (): Promise<void> =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
      closing.push(stop)
      return { port: (server.address() as AddressInfo).port, got, stop }
    },
  },
  syslog: {
    sink: 'syslogSink(`tcp://127.0.0.1:${args[0]}`, { ...quick, framing: "lines", spool: args[1] })',
    start: async (port) => {
      const got: number[] = []
      const open = await serve((socket) => {
        let text = ''
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          const lines = (text + chunk).split('\n')
          text = lines.pop() ?? ''
          for (const line of lines) got.push(Number(/ n="(\d+)"/.exec(line)?.[1]))
        })
      }, port)
      return { ...open, got }
    },
  },
  mail: {
    sink: 'emailSink({ to: "a@example.com", server: `smtp://127.0.0.1:${args[0]}`, firstMs: 5, intervalMs: 0, attach: false, spool: args[1] })',
    start: async (port) => {
      const smtp = await startSmtp(port)
      closing.push(smtp.stop)
      const numbers = (): number[] =>
        smtp.mails.flatMap((mail) => [...mail.matchAll(/ERROR line (\d+)/g)].map((match) => Number(match[1])))
      return {
        port: smtp.port,
        get got() {
          return numbers()
        },
        stop: smtp.stop,
      }
    },
  },
}

describe('a receiver that is away for a while and comes back', () => {
  it.each(Object.keys(receivers))(
    '%s: what was logged meanwhile is spooled, survives a restart, and arrives in order, at least once',
    async (kind) => {
      const { sink, start } = receivers[kind] ?? { sink: '', start: () => Promise.reject(new Error(kind)) }
      const first = await start(0)
      const spool = at(`spool-${kind}`)
      // A clock that runs at a hundredth: pauses between attempts of at most 60 ms stand for those of 30 s at most.
      const program = (from: number, to: number, end: string): string =>
        `const quick = { delayMs: 5, retryMs: 10, maxRetryMs: 60, batchSize: 20, maxQueued: 4000 }
         const log = rocksolid.createLogger({ sinks: [rocksolid.${sink}] })
         let n = ${from}
         let isAway = false
         process.stdin.once('data', () => { isAway = true })
         const timer = setInterval(async () => {
           if (n === 100 && !isAway) return
           if (n < ${to}) log.error('line ' + n, { n: n++ })
           else { clearInterval(timer); process.stdout.write('logged'); ${end} }
         }, 4)
         setInterval(() => {}, 1000)
         process.on('SIGUSR2', async () => { await log.close(); process.exit(0) })`
      const args = [String(first.port), spool]
      const one = await startChild(program(0, 200, ''), { args, stdio: ['pipe', 'pipe', 'pipe'] })
      await until(() => first.got.length > 20)
      await first.stop()
      one.process.stdin?.write('away')
      await one.printed('logged')
      await new Promise((resolve) => setTimeout(resolve, 300))
      // It ends while the receiver is away: the next process takes its spool over.
      one.process.kill('SIGTERM')
      await one.done
      expect(readdirSync(spool).length).toBeGreaterThan(0)
      const two = await startChild(program(200, 250, ''), { args })
      await two.printed('logged')
      const back = await start(first.port)
      await until(() => new Set([...first.got, ...back.got]).size === 250)
      two.process.kill('SIGUSR2')
      await two.done
      const arrived = [...first.got, ...back.got]
      const distinct = [...new Set(arrived)]
      expect(distinct).toEqual(upTo(250))
      expect(readdirSync(spool)).toEqual([])
    },
  )
})

describe('one bad sink among good ones', () => {
  it('of every kind: the program and the other sinks go on, and each is told of once, then by count', async () => {
    const path = at('good.log')
    const result = await runChild(
      `import { Writable } from 'node:stream'
       const bad = () => { throw new Error('a sink of the application') }
       const late = async () => { await null; throw new Error('later') }
       const broken = new Writable({ write(_c, _e, done) { done(new Error('no')) } })
       const { createLogger, fileSink, httpSink, syslogSink, streamSink } = rocksolid
       const log = createLogger({ sinks: [
         bad, late, streamSink({ stream: broken, sync: true }),
         httpSink('http://127.0.0.1:1/', { delayMs: 1, retryMs: 5, maxRetryMs: 10 }),
         syslogSink('tcp://127.0.0.1:1', { delayMs: 1, retryMs: 5, maxRetryMs: 10 }),
         { sink: fileSink(args[0]), filter: () => true },
         { sink: () => {}, filter: () => { throw new Error('a filter') } },
       ] })
       for (let n = 0; n < 500; n++) { log.info('line', { n }); if (n % 50 === 0) await new Promise((r) => setTimeout(r, 5)) }
       await log.close()`,
      { args: [path] },
    )
    expect(result.code).toBe(0)
    expect(numbersIn(path)).toEqual(upTo(500))
    const told = result.stderr.trim().split('\n')
    expect(told.every((line) => line.startsWith('rocksolid logger: '))).toBe(true)
    for (const name of ['bad', 'late', 'stream', 'http 127.0.0.1:1', 'syslog tcp:127.0.0.1:1', 'sink'])
      expect(
        told.some((line) => line.startsWith(`rocksolid logger: ${name} `)),
        name,
      ).toBe(true)
    // Once each, and once more at the end for what was counted since.
    expect(told.length).toBeLessThanOrEqual(14)
    const lostBy = (name: string): number =>
      told
        .filter((line) => line.startsWith(`rocksolid logger: ${name} `))
        .reduce((sum, line) => sum + Number(/(\d+) records? lost/.exec(line)?.[1] ?? 0), 0)
    expect(lostBy('bad')).toBe(500)
    expect(lostBy('http 127.0.0.1:1')).toBe(500)
    expect(lostBy('syslog tcp:127.0.0.1:1')).toBe(500)
  })
})

describe('a file', () => {
  const cases: Record<string, FileSinkOptions> = { 'once a turn': {}, 'each line': { sync: true } }

  it.each(Object.entries(cases))(
    'shared by four processes, %s, has every line whole',
    async (name, options) => {
      const path = at(`shared-${name}.log`)
      const program = `const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0], ${JSON.stringify(options)})] })
      for (let n = Number(args[1]); n < Number(args[1]) + 1000; n++) { log.info('x'.repeat(n % 200), { n }); if (n % 10 === 0) await null }`
      await Promise.all(upTo(4).map((index) => runChild(program, { args: [path, String(index * 1000)] })))
      expect(numbersIn(path).sort((left, right) => left - right)).toEqual(upTo(4000))
      rmSync(path)
    },
  )

  it('is not touched by a logger whose level is off', async () => {
    const path = at('off.log')
    const log = createLogger({ level: 'off', uncaught: false, sinks: [fileSink(path)] })
    log.fatal('no')
    await log.close()
    expect(readFileSync(path, 'utf8')).toBe('')
  })
})
