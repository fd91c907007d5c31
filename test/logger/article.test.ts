import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

const application = `
import http from 'node:http'
const app = (req, res) => {
  if (req.url === '/crash') throw new Error('three two one', { cause: new TypeError('no ignition') })
  if (req.url === '/print') { console.log('printed by', req.url); process.stdout.write('raw '); process.stdout.write('write\\n') }
  res.end('Hello World!')
}
const logged = rocksolid.withLogging(app, { toHtml: true, toFile: args[0], toStream: true, toPrint: true })
const server = http.createServer(logged).listen(0, '127.0.0.1', async () => {
  const get = async (path) => (await fetch('http://127.0.0.1:' + server.address().port + path)).text()
  await get('/'); await get('/print')
  const page = await get('/crash')
  fs.writeFileSync(args[0] + '.html', page)
  process.exit(0)
})
`

/** `rocksolid: Sun, 22 Nov 2026 09:48:34 INFO text` */
const line = (text: string): RegExp =>
  new RegExp(`^rocksolid: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d ${text}$`, 'm')

describe('WsgiLog(app, tohtml=True, tofile="wsgi.log", tostream=True, toprint=True)', () => {
  it('exceptions and prints go to every sink, the named file is written, prints still show, and only once', async () => {
    const path = at('wsgi.log')
    const result = await runChild(application, { args: [path] })
    const file = readFileSync(path, 'utf8')
    for (const sink of [file, result.stderr]) {
      expect(sink).toMatch(line('INFO printed by /print'))
      expect(sink).toMatch(line('INFO raw write'))
      expect(sink).toMatch(line('ERROR Server got itself in trouble: GET /crash'))
      expect(sink).toMatch(/^ {4}Error: three two one\n {8}at app \(/m)
      expect(sink).toMatch(/^ {4}Caused by: TypeError: no ignition$/m)
    }
    expect(result.stdout).toBe('printed by /print\nraw write\n')
    expect(file.match(/printed by/g)).toHaveLength(1)
    expect(readFileSync(`${path}.html`, 'utf8')).toContain('no ignition')
  })

  it('shows a print once when stdout and stderr are one place', async () => {
    const path = at('one-place.log')
    const { openSync } = await import('node:fs')
    const both = openSync(at('both.txt'), 'w')
    await runChild(application, { args: [path], stdio: ['ignore', both, both] })
    const shown = readFileSync(at('both.txt'), 'utf8')
    expect(shown.match(/printed by/g)).toHaveLength(1)
    expect(shown).toMatch(line('ERROR Server got itself in trouble: GET /crash'))
    expect(readFileSync(path, 'utf8')).toMatch(line('INFO printed by /print'))
  })
})

describe('what is wrong is said at start', () => {
  const broken: readonly [string, string, RegExp][] = [
    [
      'a log file in a folder that is a file',
      `{ toFile: args[0] + '/x.log' }`,
      /SinkError: fileSink: the log file .*cannot be opened for appending: (ENOTDIR|EEXIST)\. Allowed: .*choose another path/,
    ],
    [
      'a log file that is a folder',
      `{ toFile: '/tmp' }`,
      /SinkError: .*EISDIR\. Allowed: .*That is a folder: name a file in it/,
    ],
    [
      'an unknown option',
      '{ tofile: "x" }',
      /ConfigError: withLogging: unknown option "tofile"\. Did you mean "toFile"\? Allowed: log, logger/,
    ],
    [
      'an unknown format token',
      '{ format: "%(levelnam)s" }',
      /FormatError: Unknown token "levelnam"\. Did you mean "levelname"\? Allowed: asctime/,
    ],
    [
      'an unknown level',
      '{ level: "inof" }',
      /ConfigError: level: "inof" is no level\. Did you mean "info"\? Allowed: trace, debug/,
    ],
    [
      'no handler',
      '{ }), rocksolid.withLogging(42',
      /ConfigError: withLogging: the handler is 42\. Allowed: a function/,
    ],
  ]

  it.each(broken)('%s', async (_name, options, message) => {
    const path = at('a-file')
    const result = await runChild(
      `fs.writeFileSync(args[0], ''); rocksolid.withLogging(() => {}, ${options})`,
      {
        args: [path],
      },
    )
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(message)
  })
})
