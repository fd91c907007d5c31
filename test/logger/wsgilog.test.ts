import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LoggingOptions, withLogging } from '../../src/logger.ts'
import { runChild, startChild } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

/** Every keyword of wsgilog 0.3. */
const KEYWORDS =
  'errapp log logmessage logname loglevel logformat datefmt tostream tofile file interval backups toemail mailserver frommail mailsubject tohttp httphost httpurl httpmethod tosyslog syshost facility toprint prnlevel debug tohtml htmlfile'.split(
    ' ',
  )

/** What `withLogging` takes, in its own words. */
function allowedOptions(): string[] {
  try {
    withLogging(() => {}, { noSuchOption: 1 } as LoggingOptions)
  } catch (error) {
    return /Allowed: (.*)\.$/.exec((error as Error).message)?.[1]?.split(', ') ?? []
  }
  return []
}

describe('the table of wsgilog’s keywords in docs/logger.md', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'logger.md'), 'utf8')
  const section = text.slice(
    text.indexOf('### Every keyword of wsgilog'),
    text.indexOf('### What the client sees'),
  )
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('| (environ'))
    .map((line) =>
      line
        .split('|')
        .slice(1, 3)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')),
    )

  it('has each of them once, beside its counterpart', () => {
    expect(rows.flatMap(([theirs]) => theirs ?? []).sort()).toEqual([...KEYWORDS].sort())
    for (const [theirs = [], ours = []] of rows)
      if (theirs.length > 0) expect(ours).toHaveLength(theirs.length)
  })

  it('and the sentence below it name every option that there is, and no other', () => {
    const further = /^Further: ([\s\S]*?)\.\s/m.exec(section)?.[1] ?? ''
    const named = [
      ...rows.flatMap(([, ours]) => ours ?? []),
      ...[...further.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    ]
    expect(allowedOptions().length).toBeGreaterThan(30)
    expect([...named].sort()).toEqual(allowedOptions().sort())
  })
})

describe('options that decide how lines look', () => {
  it('name, level, format, dateFormat, message, file, printLevel, toFile: true', async () => {
    const path = at('looks.log')
    await runChild(
      `import http from 'node:http'
       const app = (req, res) => {
         req.log.debug('too low'); req.log.info('heard')
         console.log('printed')
         if (req.url === '/crash') throw new Error('three two one')
         res.end()
       }
       const logged = rocksolid.withLogging(app, { name: 'shop', level: 'info', format: '%(asctime)s|%(name)s|%(levelname)s|%(message)s',
         dateFormat: '%Y', message: 'It broke at {url}', file: args[0], toFile: true, toPrint: true, printLevel: 'warn' })
       const server = http.createServer(logged).listen(0, '127.0.0.1', async () => {
         await (await fetch('http://127.0.0.1:' + server.address().port + '/crash')).text()
         process.exit(0)
       })`,
      { args: [path] },
    )
    const year = new Date().getFullYear()
    expect(readFileSync(path, 'utf8').split('\n').slice(0, 4)).toEqual([
      `${year}|shop|INFO|heard`,
      `${year}|shop|WARN|printed`,
      `${year}|shop|ERROR|It broke at /crash`,
      '    Error: three two one',
    ])
  })

  it('debug: true stops in an attached inspector where the error is caught, with the error at hand', async () => {
    const child = await startChild(
      `import { Worker } from 'node:worker_threads'
       import http from 'node:http'
       const watcher = new Worker(\`
         const { Session } = require('node:inspector')
         const { parentPort } = require('node:worker_threads')
         const session = new Session()
         session.connectToMainThread()
         session.on('Debugger.paused', ({ params }) => {
           const callFrameId = params.callFrames[0].callFrameId
           session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'error.message' }, (_e, answer) => {
             require('node:fs').writeSync(1, 'paused at ' + answer.result.value + '\\\\n')
             session.post('Debugger.resume')
           })
         })
         session.post('Debugger.enable', () => parentPort.postMessage('ready'))
         setInterval(() => {}, 1000)
       \`, { eval: true })
       watcher.once('message', () => {
         const app = () => { throw new Error('three two one') }
         const server = http.createServer(rocksolid.withLogging(app, { debug: true, sinks: [() => {}] })).listen(0, '127.0.0.1', async () => {
           const reply = await fetch('http://127.0.0.1:' + server.address().port)
           fs.writeSync(1, reply.status + ' ' + await reply.text())
         })
       })`,
      { nodeArgs: ['--inspect=127.0.0.1:0'] },
    )
    await child.printed('got itself in trouble\n')
    // At an orderly exit it would wait for the attached client.
    child.process.kill('SIGKILL')
    expect((await child.done).stdout).toBe('paused at three two one\n500 Server got itself in trouble\n')
  })
})
