import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createLogger, type FileSinkOptions, fileSink, type SinkTrouble } from '../../src/logger.ts'
import { numbersIn, runChild, startChild, upTo } from './child.ts'
import { smallDisk } from './small-disk.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

const { disk, isMounted } = smallDisk(at('disk'))

function open(path: string, options?: FileSinkOptions) {
  const troubles: SinkTrouble[] = []
  const sink = fileSink(path, options)
  const log = createLogger({ uncaught: false, sinks: [sink], onTrouble: (trouble) => troubles.push(trouble) })
  return { log, sink, troubles }
}

const burst = (log: { info(message: string, fields: object): void }, from: number, to: number): void => {
  for (let n = from; n < to; n++) log.info('line', { n })
}

/** The numbers of all files of a folder whose name begins so, unpacked, sorted; fails on a half line. */
function allNumbers(folder: string): number[] {
  const numbers = readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    expect(text === '' || text.endsWith('\n'), name).toBe(true)
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { n: number }).n)
  })
  return numbers.sort((left, right) => left - right)
}

function folder(name: string): string {
  mkdirSync(at(name), { recursive: true })
  return at(name)
}

const hasLogrotate = ['/usr/sbin/logrotate', '/sbin/logrotate', '/usr/bin/logrotate'].some((path) =>
  existsSync(path),
)

describe('a file that changes under the writer', () => {
  it('deleted: what comes after is in a new file', async () => {
    const path = at('deleted.log')
    const { log } = open(path)
    burst(log, 0, 10)
    await log.flush()
    rmSync(path)
    burst(log, 10, 20)
    await log.close()
    expect(numbersIn(path)).toEqual(upTo(20).slice(10))
  })

  it('renamed, as logrotate does: nothing is lost, without any signal', async () => {
    const path = at('renamed.log')
    const { log } = open(path)
    for (let part = 0; part < 5; part++) {
      burst(log, part * 10, part * 10 + 10)
      await log.flush()
      renameSync(path, `${path}.${part}`)
    }
    await log.close()
    expect(upTo(5).flatMap((part) => numbersIn(`${path}.${part}`))).toEqual(upTo(50))
  })

  it('copied and truncated, as logrotate’s copytruncate does: no hole of zeros, nothing lost', async () => {
    const path = at('copytruncate.log')
    const { log } = open(path)
    burst(log, 0, 10)
    await log.flush()
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
    burst(log, 10, 20)
    await log.close()
    expect([...numbersIn(`${path}.1`), ...numbersIn(path)]).toEqual(upTo(20))
  })

  it('with its folder deleted: the folder comes back', async () => {
    const path = join(folder('gone'), 'app.log')
    const { log } = open(path)
    burst(log, 0, 1)
    await log.flush()
    rmSync(at('gone'), { recursive: true })
    burst(log, 1, 3)
    await log.close()
    expect(numbersIn(path)).toEqual([1, 2])
  })

  it('with its folder unusable for a while: lines are kept, told of once, and written in order', async () => {
    const path = join(folder('blocked'), 'app.log')
    const { log, troubles } = open(path)
    rmSync(at('blocked'), { recursive: true })
    writeFileSync(at('blocked'), 'in the way')
    for (let n = 0; n < 5; n++) {
      burst(log, n * 10, n * 10 + 10)
      log.flushSync()
    }
    rmSync(at('blocked'))
    await log.flush()
    await log.close()
    expect(numbersIn(path)).toEqual(upTo(50))
    expect(troubles.map(({ kind, lost }) => [kind, lost])).toEqual([
      ['temporary', 0],
      ['recovered', 0],
    ])
  })

  it.skipIf(!hasLogrotate).each([
    ['moved', "{ watch: false, reopenOn: 'SIGHUP' }", 'postrotate\n kill -HUP PID\n endscript'],
    ['moved, without a signal', '{}', ''],
    ['copied and truncated', '{}', 'copytruncate'],
  ])('%s by the real logrotate, while it is written to', async (name, options, directives) => {
    const dir = folder(`logrotate ${name}`)
    chmodSync(dir, 0o755)
    const path = join(dir, 'app.log')
    // With copytruncate what is written between its two steps is lost by its own account: there the writer rests.
    const child = await startChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0], ${options})] })
       let n = 0
       const turn = () => {
         if (!fs.existsSync(args[0] + '.rest')) for (let k = 0; k < 50; k++) log.info('line', { n: n++ })
         else if (!fs.existsSync(args[0] + '.rests')) { log.flushSync(); fs.writeFileSync(args[0] + '.rests', '') }
         setTimeout(turn, 1)
       }
       process.on('SIGTERM', () => { console.log('count', n); process.exit(0) })
       turn()`,
      { args: [path] },
    )
    const config = at(`logrotate ${name}.conf`)
    const lines = directives.replace('PID', String(child.process.pid))
    writeFileSync(config, `"${path}" {\n rotate 20\n nocreate\n su root root\n ${lines}\n}\n`)
    for (let round = 0; round < 4; round++) {
      await until(() => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 10_000)
      if (directives === 'copytruncate') await rest(path)
      execFileSync('logrotate', ['--force', '--state', at(`logrotate ${name}.state`), config])
      for (const mark of ['.rest', '.rests']) rmSync(path + mark, { force: true })
    }
    await until(() => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0)
    child.process.kill('SIGTERM')
    const { code, stdout } = await child.done
    expect(code).toBe(0)
    expect(readdirSync(dir)).toHaveLength(5)
    expect(allNumbers(dir)).toEqual(upTo(Number(stdout.replace('count ', ''))))
  })
})

/** Asks the writer to rest, and waits until it does. */
async function rest(path: string): Promise<void> {
  writeFileSync(`${path}.rest`, '')
  await until(() => existsSync(`${path}.rests`))
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a full disk', () => {
  it.skipIf(!isMounted)(
    'keeps lines, throws nothing into the program, and writes all of them once it is freed',
    async () => {
      const path = join(disk, 'app.log')
      const { log, troubles } = open(path)
      burst(log, 0, 2000)
      log.flushSync()
      fill(join(disk, 'ballast'))
      burst(log, 2000, 12_000)
      log.flushSync()
      expect(numbersUpToTornLine(path).length).toBeLessThan(12_000)
      rmSync(join(disk, 'ballast'))
      burst(log, 12_000, 14_000)
      await log.flush()
      await log.close()
      expect(numbersIn(path)).toEqual(upTo(14_000))
      expect(troubles.map(({ kind, lost }) => [kind, lost])).toEqual([
        ['temporary', 0],
        ['recovered', 0],
      ])
      rmSync(path)
    },
  )

  it.skipIf(!isMounted)('keeps a bounded amount, drops the oldest whole lines, and counts them', async () => {
    const path = join(disk, 'bounded.log')
    const { log, troubles } = open(path, { maxPending: 200_000 })
    fill(join(disk, 'ballast'))
    burst(log, 0, 10_000)
    log.flushSync()
    rmSync(join(disk, 'ballast'))
    await log.flush()
    await log.close()
    const written = numbersIn(path)
    const lost = troubles.reduce((sum, trouble) => sum + trouble.lost, 0)
    expect(written.at(-1)).toBe(9999)
    expect(written.length).toBeGreaterThan(1000)
    expect(written.length + lost).toBe(10_000)
    rmSync(path)
  })
})

function fill(path: string): void {
  for (let size = 262_144; size >= 512; ) {
    try {
      appendFileSync(path, Buffer.alloc(size))
    } catch {
      size /= 2
    }
  }
}

function numbersUpToTornLine(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

describe('rotation', () => {
  it('by size: no file is larger, no line is split or lost, under load', async () => {
    const dir = folder('size')
    await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0], { rotate: '100 KB' })] })
       let n = 0
       const turn = () => { for (let k = 0; k < 100; k++) log.info('line', { n: n++ }); if (n < 20000) setImmediate(turn) }
       turn()`,
      { args: [join(dir, 'app.log')] },
    )
    const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size)
    expect(sizes.length).toBeGreaterThan(10)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100_000)
    expect(allNumbers(dir)).toEqual(upTo(20_000))
  })

  it('by size in one burst, and a record larger than a file has a file of its own', async () => {
    const dir = folder('burst')
    const { log } = open(join(dir, 'app.log'), { rotate: 20_000 })
    burst(log, 0, 1000)
    log.info('x'.repeat(40_000), { n: 1000 })
    burst(log, 1001, 2000)
    await log.close()
    expect(allNumbers(dir)).toEqual(upTo(2000))
    const large = readdirSync(dir).filter((name) => statSync(join(dir, name)).size > 20_000)
    expect(large).toHaveLength(1)
    expect(readFileSync(join(dir, large[0] ?? ''), 'utf8').split('\n')).toHaveLength(2)
  })

  it('never parts an error from its record in a format for people', async () => {
    const dir = folder('whole')
    const { log } = open(join(dir, 'app.log'), { rotate: 3000, format: '%(levelname)s %(message)s' })
    for (let n = 0; n < 50; n++) log.error(new Error(`number ${n}`))
    await log.close()
    const files = readdirSync(dir)
    expect(files.length).toBeGreaterThan(5)
    for (const name of files) expect(readFileSync(join(dir, name), 'utf8')).toMatch(/^ERROR /)
  })

  it('by time, and the period is not begun anew by a restart', async () => {
    const dir = folder('time')
    const path = join(dir, 'app.log')
    const madeAt = performance.now()
    writeFileSync(path, '{"n":0}\n')
    await new Promise((resolve) => setTimeout(resolve, 600))
    const { log } = open(path, { rotate: '2500 ms' })
    burst(log, 1, 2)
    await log.flush()
    expect(readdirSync(dir)).toEqual(['app.log'])
    await new Promise((resolve) => setTimeout(resolve, 2600 - (performance.now() - madeAt)))
    burst(log, 2, 3)
    await log.close()
    expect(numbersIn(path)).toEqual([2])
    expect(allNumbers(dir)).toEqual([0, 1, 2])
  })

  it('keeps so many, so old, so large; and deletes nothing that is not its own', async () => {
    const dir = folder('keep')
    const names = [
      'app.2013-01-08_12-50-45.log',
      'app.2013-01-09_12-50-45.log',
      'app.2013-01-10_12-50-45.log',
      'app.2013-01-11_12-50-45.log.gz',
    ]
    const others = ['app.old.log', 'app.log.bak', 'other.2013-01-08_12-50-45.log', 'app.2013-01-08.log']
    const left = async (keep: FileSinkOptions['keep']): Promise<string[]> => {
      for (const [index, name] of [...names, ...others].entries()) {
        writeFileSync(join(dir, name), 'x'.repeat(1000))
        utimesSync(join(dir, name), 1_357_600_000 + index * 86_400, 1_357_600_000 + index * 86_400)
      }
      if (keep === undefined) return []
      const { log } = open(join(dir, 'app.log'), { rotate: 'daily', keep })
      await log.close()
      return readdirSync(dir).filter((name) => names.includes(name))
    }
    expect(await left(2)).toEqual(names.slice(2))
    expect(await left({ size: '3 KB' })).toEqual(names.slice(1))
    expect(await left('10 days')).toEqual([])
    expect(await left({ count: 1, age: '30 years' })).toEqual(names.slice(3))
    expect(readdirSync(dir).filter((name) => others.includes(name))).toHaveLength(4)
  })

  it('compresses beside the program, loses nothing, and leaves no other files', async () => {
    const dir = folder('gzip')
    const { log } = open(join(dir, 'app.log'), { rotate: '20 KB', compress: 'gzip' })
    burst(log, 0, 1000)
    await log.flush()
    const packed = (): string[] => readdirSync(dir).filter((name) => name.endsWith('.log.gz'))
    const before = readdirSync(dir).length
    expect(before).toBeGreaterThan(3)
    const deadline = Date.now() + 20_000
    while (packed().length < before - 1 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50))
    burst(log, 1000, 1010)
    await log.close()
    expect(packed()).toHaveLength(before - 1)
    expect(readdirSync(dir)).toHaveLength(before)
    expect(allNumbers(dir)).toEqual(upTo(1010))
  })

  it('by name: a strftime directive in the path, with a link to the current file', async () => {
    const dir = folder('template')
    const { log, sink } = open(join(dir, 'app-%Y-%m-%d.log'), { symlink: join(dir, 'current'), keep: 1 })
    burst(log, 0, 5)
    await log.close()
    const today = `app-${new Date().getFullYear()}-${String(new Date().getMonth() + 1).padStart(2, '0')}-${String(new Date().getDate()).padStart(2, '0')}.log`
    expect(sink.path).toBe(join(dir, today))
    expect(readlinkSync(join(dir, 'current'))).toBe(today)
    expect(numbersIn(join(dir, 'current'))).toEqual(upTo(5))
  })

  it('four processes share one rotated file and lose nothing', async () => {
    const dir = folder('shared')
    const program = `const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0], { rotate: '200 KB' })] })
       const first = Number(args[1]); let n = first
       const turn = () => { for (let k = 0; k < 50; k++) log.info('line', { n: n++ }); if (n < first + 5000) setImmediate(turn) }
       turn()`
    const runs = upTo(4).map((index) =>
      runChild(program, { args: [join(dir, 'app.log'), String(index * 5000)] }),
    )
    for (const { code, stderr } of await Promise.all(runs)) expect([code, stderr]).toEqual([0, ''])
    expect(allNumbers(dir)).toEqual(upTo(20_000))
    expect(readdirSync(dir).length).toBeGreaterThan(4)
    expect(existsSync(join(dir, 'app.log.lock'))).toBe(false)
  })

  it('goes on writing when it cannot rotate', async () => {
    const dir = folder('locked')
    writeFileSync(join(dir, 'app.log.lock'), '')
    const { log } = open(join(dir, 'app.log'), { rotate: 1000 })
    burst(log, 0, 100)
    await log.close()
    expect(numbersIn(join(dir, 'app.log'))).toEqual(upTo(100))
  })

  it.each([
    [{ rotate: '10 Mb per day' }, /option "rotate" is "10 Mb per day"\. Allowed: a size such as "10 MB"/],
    [{ rotate: 0 }, /option "rotate" is 0/],
    [{ keep: 'forever' }, /option "keep" is "forever"\. Allowed: a number of files, an age/],
    [{ keep: { cuont: 3 } }, /fileSink: keep: unknown option "cuont"\. Did you mean "count"\?/],
    [{ keep: { count: 'three' } }, /fileSink: keep: option "count" is "three"\. Allowed: a whole number/],
    [{ compress: 'rar' }, /option "compress" is "rar"\. Allowed: "gzip", "zstd", or false/],
    [{ rotat: 'daily' }, /unknown option "rotat"\. Did you mean "rotate"\?/],
  ])('%j is refused at start', (options, message) => {
    expect(() => fileSink(at('refused.log'), options as FileSinkOptions)).toThrow(message)
  })
})

describe('threads and processes', () => {
  it('worker threads each write to the file, to their end', async () => {
    const path = at('workers.log')
    const result = await runChild(
      `import { Worker, isMainThread, workerData } from 'node:worker_threads'
       const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0])] })
       if (isMainThread) {
         for (let index = 0; index < 3; index++) new Worker(new URL(import.meta.url), { argv: args, workerData: index * 1000 })
       } else {
         for (let n = workerData; n < workerData + 1000; n++) log.info('line', { n })
         process.exit(0)
       }`,
      { args: [path] },
    )
    expect(result.stderr).toBe('')
    expect(numbersIn(path).sort((left, right) => left - right)).toEqual(upTo(3000))
  })

  it('cluster workers too', async () => {
    const path = at('cluster.log')
    const result = await runChild(
      `import cluster from 'node:cluster'
       if (cluster.isPrimary) for (let index = 0; index < 3; index++) cluster.fork({ FIRST: String(index * 1000) })
       else {
         const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(args[0])] })
         const first = Number(process.env.FIRST)
         for (let n = first; n < first + 1000; n++) log.info('line', { n })
         process.exit(0)
       }`,
      { args: [path] },
    )
    expect(result.stderr).toBe('')
    expect(numbersIn(path).sort((left, right) => left - right)).toEqual(upTo(3000))
  })
})
