import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LogEntry } from '../../src/logger/record.ts'
import { rfc3164, rfc5424 } from '../../src/logger/syslog-message.ts'
import { createLogger, type SinkTrouble, type SyslogSinkOptions, syslogSink } from '../../src/logger.ts'
import { runChild, upTo } from './child.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const until = async (condition: () => boolean, what = ''): Promise<void> => {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const has = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
    return true
  } catch {
    return false
  }
}

const quick: SyslogSinkOptions = {
  delayMs: 5,
  retryMs: 30,
  maxRetryMs: 100,
  facility: 'local0',
  appName: 'shop',
}

describe('a syslog message', () => {
  const drawn = (
    draw: typeof rfc5424,
    message: string,
    fields: Record<string, unknown> = {},
    logger = 'app.db',
  ): string => {
    let line = ''
    const log = createLogger({
      name: logger,
      uncaught: false,
      now: () => 1_357_649_445_007,
      sinks: [
        (record) => {
          expect(record).toBeInstanceOf(LogEntry)
          line = draw(record, { facility: 16, hostname: 'web 1', appName: 'my shop', sdId: 'fields@32473' })
        },
      ],
    })
    log.warn(message, fields)
    return line
  }

  it('is RFC 5424 to the character, names made safe, values escaped, one line, secrets masked', () => {
    expect(
      drawn(rfc5424, 'low\non "disk"\x1b[1m', {
        'free space': 3,
        path: 'a"b\\c]',
        password: 'x',
        deep: { a: 1 },
      }),
    ).toBe(
      `<132>1 2013-01-08T12:50:45.007Z web_1 my_shop ${process.pid} app.db [fields@32473 free_space="3" path="a\\"b\\\\c\\]" password="\\[masked\\]" deep="{\\"a\\":1}"] low\\non "disk"\\x1b[1m`.replace(
        '\\[masked',
        '[masked',
      ),
    )
    expect(drawn(rfc5424, 'm', {}, '')).toBe(
      `<132>1 2013-01-08T12:50:45.007Z web_1 my_shop ${process.pid} - - m`,
    )
  })

  it('is RFC 3164 when asked', () => {
    expect(drawn(rfc3164, 'm', { n: 1 })).toMatch(
      new RegExp(`^<132>Jan  8 \\d\\d:50:45 web_1 myshop\\[${process.pid}\\]: m n="1"$`),
    )
  })

  it('carries the error in its line', () => {
    expect(drawn(rfc5424, 'failed', { err: new Error('why') })).toMatch(/ - failed Error: why\\n {4}at /)
  })
})

describe.skipIf(!has('rsyslogd'))('the real rsyslog', () => {
  const out = at('rsyslog.out')
  let ports = { udp: 0, tcp: 0, tls: 0 }
  let daemon: ChildProcess | undefined
  const unix = at('rsyslog.sock')
  const datagrams = at('rsyslog.dgram')

  const start = async (): Promise<void> => {
    daemon = spawn('rsyslogd', ['-n', '-f', at('rsyslog.conf'), '-i', at('rsyslog.pid')], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
      stdio: 'ignore',
    })
    await until(() => existsSync(at('rsyslog.pid')) && existsSync(unix), 'for rsyslog')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const stop = async (): Promise<void> => {
    const ended = once(daemon as ChildProcess, 'exit')
    daemon?.kill('SIGTERM')
    await ended
  }

  beforeAll(async () => {
    ports = { udp: await freePort(), tcp: await freePort(), tls: await freePort() }
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        at('key.pem'),
        '-out',
        at('cert.pem'),
      ],
      { stdio: 'ignore' },
    )
    writeFileSync(
      at('rsyslog.conf'),
      `global(workDirectory="${at('')}" maxMessageSize="64k" DefaultNetstreamDriverCAFile="${at('cert.pem')}" DefaultNetstreamDriverCertFile="${at('cert.pem')}" DefaultNetstreamDriverKeyFile="${at('key.pem')}")
module(load="imudp") module(load="imptcp") module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" socket="${datagrams}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imudp" address="127.0.0.1" port="${ports.udp}")
input(type="imptcp" address="127.0.0.1" port="${ports.tcp}")
input(type="imptcp" path="${unix}" unlink="on")
input(type="imtcp" port="${ports.tls}")
template(name="plain" type="string" string="%pri% %hostname% %app-name% %msgid% %structured-data% %msg%\\n")
action(type="omfile" file="${out}" template="plain")
`,
    )
    await start()
  })
  afterAll(stop)

  const received = (word: string): string[] =>
    existsSync(out)
      ? readFileSync(out, 'utf8')
          .split('\n')
          .filter((line) => line.includes(` ${word}`))
      : []

  const targets = (): Record<string, [string, SyslogSinkOptions]> => ({
    udp: [`udp://127.0.0.1:${ports.udp}`, {}],
    tcp: [`tcp://127.0.0.1:${ports.tcp}`, {}],
    tcplines: [`tcp://127.0.0.1:${ports.tcp}`, { framing: 'lines' }],
    tls: [`tls://localhost:${ports.tls}`, { tls: { ca: readFileSync(at('cert.pem')) } }],
    unix: [`unix://${unix}`, {}],
    bsd: [`tcp://127.0.0.1:${ports.tcp}`, { protocol: 'rfc3164' }],
  })

  it.each(['udp', 'tcp', 'tcplines', 'tls', 'unix', 'bsd'])(
    'reads what is sent over %s: every message, its parts, its line ends',
    async (kind) => {
      const [target, options] = targets()[kind] ?? ['', {}]
      const log = createLogger({
        name: 'db',
        uncaught: false,
        sinks: [syslogSink(target, { ...quick, ...options })],
      })
      closing.push(() => log.close())
      for (let n = 0; n < 200; n++) log.error(`${kind}-message ${n} €\nsecond`, { n })
      await log.flush()
      await until(() => received(`${kind}-message`).length >= 200, kind)
      const lines = received(`${kind}-message`)
      expect(lines).toHaveLength(200)
      expect(lines.map((line) => Number(/-message (\d+)/.exec(line)?.[1])).sort((a, b) => a - b)).toEqual(
        upTo(200),
      )
      const first = lines.find((line) => line.includes('-message 0 ')) ?? ''
      if (kind === 'bsd') expect(first).toBe(`131 ${hostname()} shop - -  ${kind}-message 0 €\\nsecond n="0"`)
      else
        expect(first).toMatch(
          new RegExp(`^131 ${hostname()} shop db \\[fields@32473 n="0"\\] ?${kind}-message 0 €\\\\nsecond$`),
        )
    },
  )

  it.each(['tcp', 'tls', 'unix'])(
    'may go away and come back (%s): every message arrives, at least once',
    async (kind) => {
      const [target, options] = targets()[kind] ?? ['', {}]
      const word = `away-${kind}`
      const troubles: SinkTrouble[] = []
      const log = createLogger({
        uncaught: false,
        sinks: [syslogSink(target, { ...quick, ...options })],
        onTrouble: (trouble) => troubles.push(trouble),
      })
      closing.push(() => log.close())
      let n = 0
      const some = (): void => {
        for (let k = 0; k < 50; k++) log.info(`${word} ${n}`, { n: n++ })
      }
      some()
      await log.flush()
      await until(() => received(word).length >= 50)
      await stop()
      for (let round = 0; round < 5; round++) {
        some()
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      await start()
      some()
      const numbers = (): Set<number> =>
        new Set(received(word).map((line) => Number(/away-\w+ (\d+)/.exec(line)?.[1])))
      await until(() => numbers().size >= n, kind)
      expect([...numbers()].sort((a, b) => a - b)).toEqual(upTo(n))
      expect(troubles.every(({ lost }) => lost === 0)).toBe(true)
      expect(troubles.map((trouble) => trouble.kind)).toContain('recovered')
    },
  )

  it('a datagram socket, as /dev/log is one, is out of reach; what to use instead is said', async () => {
    const troubles: SinkTrouble[] = []
    const log = createLogger({
      uncaught: false,
      sinks: [syslogSink(`unix://${datagrams}`, quick)],
      onTrouble: (trouble) => troubles.push(trouble),
    })
    log.info('to nowhere')
    await log.close()
    expect(troubles).toMatchObject([
      {
        kind: 'permanent',
        lost: 1,
        message: expect.stringMatching(
          /is a datagram socket, which Node\.js cannot write to; use udp:\/\/localhost, or a stream socket of the daemon/,
        ),
      },
    ])
  })

  it('hears the last words of a process that ends by itself', async () => {
    const [target] = targets().tcp ?? ['']
    const result = await runChild(
      `const log = rocksolid.createLogger({ sinks: [rocksolid.syslogSink(args[0])] }); for (let n = 0; n < 30; n++) log.info('lastword ' + n)`,
      { args: [target] },
    )
    expect(result).toMatchObject({ code: 0, stderr: '' })
    await until(() => received('lastword').length === 30)
  })
})

describe('what is wrong', () => {
  it.each([
    ['localhost:514', /syslogSink: the target is "localhost:514"\. Allowed: "udp:\/\/host:514"/],
    ['http://x', /Allowed: "udp:/],
    ['unix://host/x', /Allowed: "udp:/],
  ])('%s is refused at start', (target, message) => {
    expect(() => syslogSink(target)).toThrow(message)
  })

  it('a facility that is none is refused, with what is allowed', () => {
    expect(() => syslogSink('udp://x', { facility: 'LOG_USER' })).toThrow(
      /option "facility" is "LOG_USER"\. Allowed: "kern", "user"/,
    )
  })

  it('a TLS receiver whose certificate is not trusted gets nothing, and it is told', async () => {
    const troubles: SinkTrouble[] = []
    const port = await freePort()
    const server = createServer((socket) => socket.end('not tls')).listen(port)
    closing.push(() => server.close())
    const log = createLogger({
      uncaught: false,
      sinks: [syslogSink(`tls://127.0.0.1:${port}`, quick)],
      onTrouble: (trouble) => troubles.push(trouble),
    })
    log.info('secret')
    await log.flush()
    expect(troubles[0]?.kind).toBe('temporary')
    await log.close()
    expect(troubles.reduce((sum, { lost }) => sum + lost, 0)).toBe(1)
  })
})
