import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runChild, startChild } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

interface Line {
  readonly level: string
  readonly msg: string
  readonly printed?: string
  readonly source?: string
  readonly url?: string
}

const linesOf = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

const wrap = (options = ''): string =>
  `const logged = rocksolid.withLogging(handler, { toFile: args[0], format: 'json', toPrint: true, ${options} })`

describe('prints', () => {
  it('are logged no more by who has ended, and still by who has not', async () => {
    const [ended, going] = [at('ended.log'), at('going.log')]
    await runChild(
      `const open = (path) => {
         const log = rocksolid.createLogger({ sinks: [rocksolid.fileSink(path)] })
         return [log, rocksolid.captureConsole(log)]
       }
       const [first, stop] = open(args[0])
       open(args[1])
       console.log('both')
       stop()
       console.log('one')`,
      { args: [ended, going] },
    )
    expect([ended, going].map((path) => linesOf(path).map(({ msg }) => msg))).toEqual([
      ['both'],
      ['both', 'one'],
    ])
  })

  it('are logged also after a line of this package’s own could not be written', async () => {
    const path = at('own-line.log')
    await runChild(
      `const handler = () => {}
       ${wrap()}
       const terminal = { write() { throw new Error('gone') } }
       const { withDebugger } = await import('rocksolid/debugger')
       withDebugger(handler, { terminal }).close()
       process.stdout.write('after\\n')`,
      { args: [path] },
    )
    expect(linesOf(path).map(({ msg }) => msg)).toEqual(['after'])
  })

  it('of every kind are logged with level, stream and place, and still show to the letter', async () => {
    const path = at('kinds.log')
    const result = await runChild(
      `const handler = () => {}
       ${wrap()}
       console.log('text', 1, { a: [2] })
       console.debug('d'); console.info('i'); console.warn('w'); console.error(new Error('e').message)
       console.table([{ a: 1 }])
       console.assert(true, 'never'); console.assert(false, 'assert')
       console.group('g'); console.log('in'); console.groupEnd()
       console.log('two\\nlines'); console.log(); console.log('{printed}')
       process.stdout.write('par'); process.stdout.write('tial\\nrest'); process.stderr.write(Buffer.from('byt€s\\n'))
       process.stdout.write('', () => {})`,
      { args: [path] },
    )
    expect(result.stdout).toBe(
      'text 1 { a: [ 2 ] }\nd\ni\n┌─────────┬───┐\n│ (index) │ a │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘\ng\n  in\ntwo\nlines\n\n{printed}\npartial\nrest',
    )
    expect(result.stderr).toBe('w\ne\nAssertion failed: assert\nbyt€s\n')
    const lines = linesOf(path)
    expect(lines.map(({ level, msg, printed }) => [level, msg.split('\n')[0], printed])).toEqual([
      ['info', 'text 1 { a: [ 2 ] }', 'stdout'],
      ['debug', 'd', 'stdout'],
      ['info', 'i', 'stdout'],
      ['warn', 'w', 'stderr'],
      ['error', 'e', 'stderr'],
      ['info', '┌─────────┬───┐', 'stdout'],
      ['warn', 'Assertion failed: assert', 'stderr'],
      ['info', 'g', 'stdout'],
      ['info', '  in', 'stdout'],
      ['info', 'two', 'stdout'],
      ['info', '{printed}', 'stdout'],
      ['info', 'partial', 'stdout'],
      ['warn', 'byt€s', 'stderr'],
      ['info', 'rest', 'stdout'],
    ])
    for (const { source } of lines) expect(source).toMatch(/\/program-\d+-\d+\.mjs:\d+$/)
    expect(lines[0]?.source).toMatch(/:6$/)
  })

  it('are attributed to the request that printed, through awaits, and to no other', async () => {
    const path = at('requests.log')
    const result = await runChild(
      `import http from 'node:http'
       const handler = async (req, res) => {
         for (let n = 0; n < 5; n++) { await new Promise((r) => setTimeout(r, 5)); console.log('from ' + req.url) }
         req.on('end', () => { process.stdout.write('from ' + req.url + '\\n'); res.end() }).resume()
       }
       ${wrap()}
       const other = rocksolid.withLogging((req, res) => res.end(), { toFile: args[1], format: 'json', toPrint: true })
       console.log('outside')
       const server = http.createServer(logged).listen(0, async () => {
         const url = 'http://127.0.0.1:' + server.address().port
         await Promise.all(['/a', '/b', '/c'].map((path) => fetch(url + path, { method: 'POST', body: 'x' }).then((r) => r.text())))
         process.exit()
       })`,
      { args: [path, at('other.log')] },
    )
    expect(result.stderr).toBe('')
    const lines = linesOf(path)
    for (const url of ['/a', '/b', '/c']) {
      expect(lines.filter((line) => line.url === url && line.msg === `from ${url}`)).toHaveLength(6)
    }
    expect(lines).toHaveLength(19)
    // A wrapper hears prints of its own requests and of no request, never those of another wrapper's.
    expect(linesOf(at('other.log')).map((line) => line.msg)).toEqual(['outside'])
  })

  it('by a sink, at once or later, never loop', async () => {
    const path = at('loop.log')
    const result = await runChild(
      `const handler = () => {}
       const chatty = (record) => { console.log('sink:', record.message); setTimeout(() => console.log('later:', record.message), 5) }
       ${wrap('toStream: "stdout", sinks: [chatty]')}
       console.log('one')
       setTimeout(() => {}, 50)`,
      { args: [path] },
    )
    expect(result.stdout).toBe('one\nsink: one\nlater: one\n')
    expect(linesOf(path).map((line) => line.msg)).toEqual(['one'])
  })

  it('closing puts console and the streams back, and takes nothing away from who patched meanwhile', async () => {
    const result = await runChild(
      `const before = [console.log, process.stdout.write, Object.hasOwn(process.stdout, 'write')]
       const handler = () => {}
       ${wrap()}
       const during = console.log !== before[0] && process.stdout.write !== before[1]
       await logged.close()
       const after = [console.log, process.stdout.write, Object.hasOwn(process.stdout, 'write')]
       const again = rocksolid.withLogging(handler, { sinks: [() => {}], toPrint: true })
       const ours = process.stdout.write
       const mine = process.stdout.write = function (...a) { return ours.apply(this, a) }
       await again.close()
       console.log(JSON.stringify([during, before.every((one, i) => one === after[i]), process.stdout.write === mine]))`,
      { args: [at('restore.log')] },
    )
    expect(result.stdout).toBe('[true,true,true]\n')
  })

  it('are there after the process is gone: exit at once, a throw', async () => {
    for (const end of ['process.exit(3)', 'throw new Error("end")']) {
      const path = at(`end-${end.length}.log`)
      await runChild(
        `const handler = () => {}; ${wrap()}; console.log('a'); process.stdout.write('b'); ${end}`,
        { args: [path] },
      )
      expect(
        linesOf(path)
          .map((line) => line.msg)
          .filter((msg) => msg.length === 1),
      ).toEqual(['a', 'b'])
    }
  })
})

describe('stdout and stderr as sinks', () => {
  const program = (count: number, options = ''): string =>
    `const log = rocksolid.createLogger({ sinks: [rocksolid.streamSink({ stream: 'stdout', ${options} })] })
     for (let n = 0; n < ${count}; n++) log.info('a line of some length to fill the pipe with', { n })
     process.exit(0)`

  it.each(['', 'sync: false'])(
    'a slow reader of a pipe gets every line, although the process exits at once (%s)',
    async (options) => {
      const child = await startChild(program(20_000, options))
      child.process.stdout?.pause()
      await new Promise((resolve) => setTimeout(resolve, 500))
      child.process.stdout?.resume()
      const { stdout, code } = await child.done
      const numbers = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { n: number }).n)
      expect(code).toBe(0)
      expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, n) => n))
    },
  )

  it('a reader that goes away ends the sink, not the program', async () => {
    const child = await startChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.streamSink({ stream: 'stdout' }), rocksolid.fileSink(args[0])] })
       let n = 0
       let isAlone = false
       process.stdin.once('data', () => { isAlone = true })
       setInterval(() => { if (n === 10 && !isAlone) return; log.info('line', { n: n++ }); if (n === 100) process.exit(5) }, 1)`,
      { args: [at('epipe.log')], stdio: ['pipe', 'pipe', 'pipe'] },
    )
    await child.printed('line')
    child.process.stdout?.destroy()
    child.process.stdin?.write('alone')
    const { code, stderr } = await child.done
    expect(code).toBe(5)
    expect(stderr.match(/rocksolid logger: stdout is off: .*EPIPE/g)).toHaveLength(1)
    expect(linesOf(at('epipe.log'))).toHaveLength(100)
  })

  it('a stream object is written to, waited for, and its failure is nobody’s', async () => {
    const result = await runChild(
      `import { Writable } from 'node:stream'
       const got = []
       const slow = new Writable({ highWaterMark: 100, write(chunk, _e, done) { got.push(chunk.toString()); setTimeout(done, 1) } })
       const bad = new Writable({ write(_c, _e, done) { done(new Error('no')) } })
       const log = rocksolid.createLogger({ sinks: [rocksolid.streamSink({ stream: slow, format: '%(message)s' }), rocksolid.streamSink({ stream: bad })] })
       for (let n = 0; n < 50; n++) log.info('m' + n)
       await log.flush()
       log.info('end')
       await log.close()
       setTimeout(() => console.log(got.join('').split('\\n').length), 300)`,
    )
    expect(result.stdout).toBe('52\n')
    expect(result.stderr).toMatch(/rocksolid logger: stream is off: no\./)
  })
})
