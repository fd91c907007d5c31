import { describe, expect, it } from 'vitest'
import { maskText } from '../../src/inspect/redact.ts'
import { makeMask } from '../../src/logger/secret-scan.ts'
import {
  addContext,
  createLogger,
  jsonFormat,
  type LoggerOptions,
  type LogRecord,
  lazy,
  logfmtFormat,
  prettyFormat,
  textFormat,
  withContext,
} from '../../src/logger.ts'
import { cpuMs } from '../support/growth.ts'
import { hiddenIn } from '../support/hidden.ts'
import { angry, hostile, revoked } from './hostile.ts'

const WHEN = Date.UTC(2013, 0, 8, 12, 50, 45, 7)

/** The texts that a logger's records have in a format. */
function drawn(format: (record: LogRecord) => string, options: LoggerOptions = {}) {
  const lines: string[] = []
  const log = createLogger({
    level: 'trace',
    levelFrom: false,
    uncaught: false,
    now: () => WHEN,
    ...options,
    sinks: [(record) => void lines.push(format(record))],
  })
  return { log, lines, json: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('a JSON line', () => {
  it('has time, level, logger, message and the fields, and ends in one line end', () => {
    const { log, lines } = drawn(jsonFormat(), { name: 'app' })
    log.info('hello', {
      n: 1,
      t: true,
      nothing: null,
      gone: undefined,
      list: [1, 'a'],
      deep: { a: { b: 2 } },
    })
    expect(lines).toEqual([
      '{"time":"2013-01-08T12:50:45.007Z","level":"info","logger":"app","msg":"hello","n":1,"t":true,"nothing":null,"list":[1,"a"],"deep":{"a":{"b":2}}}\n',
    ])
  })

  it('takes the arguments in every order people are used to', () => {
    const { log, json } = drawn(jsonFormat())
    const error = new TypeError('bad')
    log.info('text', { a: 1 })
    log.info({ a: 1 }, 'text')
    log.error(error, 'text', { a: 1 })
    log.error('text', error)
    log.error(error)
    log.info(() => ['text', { a: 1 }])
    log.info(() => 'text')
    log.log('warn', 'text')
    log.write('warn', '{a}', { a: 1 })
    const summary = json().map(({ level, msg, a, err }) => [
      level,
      msg,
      a,
      (err as { message: string })?.message,
    ])
    expect(summary).toEqual([
      ['info', 'text', 1, undefined],
      ['info', 'text', 1, undefined],
      ['error', 'text', 1, 'bad'],
      ['error', 'text', undefined, 'bad'],
      ['error', 'bad', undefined, 'bad'],
      ['info', 'text', 1, undefined],
      ['info', 'text', undefined, undefined],
      ['warn', 'text', undefined, undefined],
      ['warn', '{a}', 1, undefined],
    ])
  })

  it('never has a key twice: the call wins over the context, the context over the logger, and reserved names move aside', () => {
    const { log, lines } = drawn(jsonFormat())
    const child = log.child({ a: 'logger', b: 'logger', c: 'logger' })
    withContext({ b: 'context', c: 'context' }, () =>
      child.info('m', { c: 'call', level: 'user', msg: 1, _msg: 2, time: 3 }),
    )
    const keys = [...(lines[0] ?? '').matchAll(/"(\w+)":/g)].map((match) => match[1])
    expect(new Set(keys).size).toBe(keys.length)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      msg: 'm',
      a: 'logger',
      b: 'context',
      c: 'call',
      _level: 'user',
      __msg: 1,
      _msg: 2,
      _time: 3,
    })
  })

  it('shows an error with its code, own properties, causes and members, at any depth', () => {
    const { log, json } = drawn(jsonFormat())
    const cause = Object.assign(new RangeError('inner'), { code: 'E_INNER', query: { password: 'x', id: 4 } })
    log.error('failed', {
      err: new AggregateError([new Error('one'), 'two'], 'all', { cause }),
      deep: { err: cause },
    })
    expect(json()[0]).toMatchObject({
      err: {
        type: 'AggregateError',
        message: 'all',
        stack: expect.stringContaining('AggregateError: all\n    at '),
        cause: { type: 'RangeError', code: 'E_INNER', query: { password: '[masked]', id: 4 } },
        errors: [{ type: 'Error', message: 'one' }, 'two'],
      },
      deep: { err: { type: 'RangeError', message: 'inner' } },
    })
  })

  it('evaluates a lazy field only when it is drawn', () => {
    let made = 0
    const { log, json } = drawn(jsonFormat(), { level: 'info' })
    const dump = lazy(() => ({ made: ++made }))
    log.debug('off', { dump })
    expect(made).toBe(0)
    log.info('on {dump}', { dump })
    expect(json()[0]).toMatchObject({ msg: 'on {"made":1}', dump: { made: 1 } })
  })
})

const renderers = {
  json: jsonFormat(),
  logfmt: logfmtFormat(),
  pretty: prettyFormat(),
  'pretty, coloured': prettyFormat({ color: true }),
  text: textFormat('%(name)s %(message)s %(fields)s'),
}

/** One record, in this many lines, none of which could be taken for another record or steers a terminal. */
const isOneRecord = (line: string, color: boolean): void => {
  expect(line).toMatch(/^[^\n]*(?:\n {4}[^\n]*)*\n$/)
  const rest = color ? line.replace(/\x1b\[\d+m/g, '') : line
  expect(rest).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
  expect(hiddenIn(rest)).toEqual([])
  expect(Buffer.from(rest).toString()).toBe(rest)
}

describe.each(Object.entries(renderers))('a hostile value in %s', (renderer, format) => {
  const color = renderer === 'pretty, coloured'

  it.each(Object.keys(hostile))('%s becomes one valid record', (name) => {
    const [value, text] = hostile[name] ?? [undefined, /never/]
    const { log, lines } = drawn(format)
    log.info('m', { v: value })
    log.info('{v}', { v: value })
    log.child({ v: value }).info('m')
    withContext({ v: value }, () => log.info('m'))
    expect(lines).toHaveLength(4)
    for (const line of lines) isOneRecord(line, color)
    if (renderer !== 'json') return
    expect(lines[0]).toMatch(text)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  it.each(Object.keys(hostile))('%s is logged in place of fields, a message, an error or a level', (name) => {
    const value = hostile[name]?.[0] as never
    const { log, lines } = drawn(format)
    log.info(value)
    log.info('m', value)
    log.error(value, value, value)
    log.log(value, value)
    log.child(value as object).info('child')
    expect(lines).toHaveLength(5)
    for (const line of lines) isOneRecord(line, color)
  })

  it('100 MB of text and a million entries are cut, and said to be', () => {
    const { log, lines } = drawn(format)
    const huge = 'x'.repeat(100_000_000)
    log.info('big', { text: huge, list: new Array(1_000_000).fill('y'), inner: { t: 'z'.repeat(1e6) } })
    log.info(huge)
    log.error(new Error(huge))
    for (const line of lines) {
      expect(line.length).toBeLessThan(2_200_000)
      expect(line).toMatch(/… \(\d+ more characters\)/)
      isOneRecord(line, color)
    }
    if (renderer !== 'json') return
    expect(lines[0]).toContain('x… (99934464 more characters)')
    expect(lines[0]).toContain('"… 999000 more"')
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })
})

describe('hostile fields', () => {
  it('fields that are themselves hostile neither throw nor lose the record', () => {
    const { log, json } = drawn(jsonFormat())
    log.info('getter', {
      ok: 1,
      get bad() {
        throw new Error('no')
      },
    })
    log.info('proxy', angry)
    log.info('revoked', revoked.proxy)
    log.info(Object.create(null))
    log.child(angry).info('child')
    withContext(
      {
        get bad() {
          return 1
        },
      },
      () => log.info('context'),
    )
    expect(json().map(({ msg }) => msg)).toEqual(['getter', 'proxy', 'revoked', '', 'child', 'context'])
    expect(json()[0]).toMatchObject({ ok: 1, bad: '[Throws: no]' })
  })

  it.each([
    ['an error whose message throws', hostile['error whose fields throw']?.[0], '[Throws: no text]'],
    ['a Proxy that throws', angry, '[Throws: no text]'],
    ['a text', 'a text', '[Throws: a text]'],
  ])('a getter that throws %s is named wherever it stands', (_name, thrown, text) => {
    const bad = {
      get bad(): unknown {
        throw thrown
      },
    }
    const { log, json } = drawn(jsonFormat())
    log.info('field', bad)
    log.child(bad).info('child')
    withContext(bad, () => log.info('context'))
    withContext({}, () => {
      addContext(bad)
      log.info('added')
    })
    log.info('lazy', { bad: lazy(() => bad.bad) })
    expect(json().map(({ msg, bad }) => [msg, bad])).toEqual(
      ['field', 'child', 'context', 'added', 'lazy'].map((msg) => [msg, text]),
    )
  })
})

describe('texts that are made to take long', () => {
  const texts = [
    '\t',
    '\n ',
    '://',
    'a://b:',
    'UTHORIZATION://',
    'eyJ',
    'Bearer ',
    '[%',
    '\n at',
    '"',
    '\x1b[',
    '&a=',
  ]
  const formats = [
    ['JSON', jsonFormat()],
    ['logfmt', logfmtFormat()],
    ['text', textFormat('%(message)s')],
    ['pretty', prettyFormat()],
  ] as const

  it.each(formats)('take a time as %s that grows with their length alone', async (_name, format) => {
    const { log, lines } = drawn(format)
    const took = await cpuMs(() => {
      for (const text of texts) {
        const long = `${text.repeat(100_000 / text.length)}x`
        const error = new Error('stale')
        error.stack = `Error: x\n${long}`
        log.info(long, { long })
        log.error(new Error(long))
        log.error(error)
      }
    })
    expect(lines).toHaveLength(texts.length * 3)
    // With one expression that goes back over what it has read, a single one of them takes longer.
    expect(took).toBeLessThan(5000)
  })
})

describe('lines for people', () => {
  it('a message cannot forge a record: further lines are indented, controls escaped, colours taken out', () => {
    const { log, lines } = drawn(textFormat('%(levelname)s %(message)s'))
    log.info('a\nERROR forged\r\x1b[2Jb\x07')
    expect(lines).toEqual(['INFO a\n    ERROR forged\\rb\\x07\n'])
  })

  it('wsgilog’s own format, to the character', () => {
    const { log, lines } = drawn(textFormat(undefined, '%a, %d %b %Y'), { name: 'wsgilog.log' })
    log.info('hello')
    log.warn('hello')
    expect(lines).toEqual([
      'wsgilog.log: Tue, 08 Jan 2013 INFO hello\n',
      'wsgilog.log: Tue, 08 Jan 2013 WARN hello\n',
    ])
  })

  it.each([
    [
      '%(levelname)-8s|%(levelno)04d|%(created).1f|%(message).3s|%(field.user)s|100%%',
      'INFO    |0030|1357649445.0|mes|ann|100%',
    ],
    [':level :logger :message :field[user]', 'info app message ann'],
    ['$level $logger ${message} $field.user', 'info app message ann'],
  ])('%s', (format, expected) => {
    const { log, lines } = drawn(textFormat(format), { name: 'app' })
    log.info('message', { user: 'ann' })
    expect(lines[0]).toBe(`${expected}\n`)
  })

  it.each([
    ['%(nonsense)s', /Unknown token "nonsense"[\s\S]*\n {2}%\(nonsense\)s\n {2}\^/],
    ['%(mesage)s', /Did you mean "message"\?/],
    [':mesage', /Did you mean "message"\?/],
    ['$mesage', /Did you mean "message"\?/],
    ['%(message)x', /ends in "x"\. Allowed: s, d, i, f/],
    ['%(message', /not closed/],
  ])('%s is refused at start', (format, message) => {
    expect(() => textFormat(format)).toThrow(message)
  })

  it('logfmt and pretty show the same facts', () => {
    const show = (format: (record: LogRecord) => string): string => {
      const { log, lines } = drawn(format, { name: 'app' })
      log.warn('low on disk', { free: 3, path: '/a b', token: 'x' })
      return lines[0] ?? ''
    }
    expect(show(logfmtFormat())).toBe(
      'time=2013-01-08T12:50:45.007Z level=warn logger=app msg="low on disk" free=3 path="/a b" token=[masked]\n',
    )
    expect(show(prettyFormat({ dateFormat: '%Y' }))).toBe(
      '2013 WARN  app  low on disk  free=3 path="/a b" token=[masked]\n',
    )
    expect(show(prettyFormat({ color: true }))).toContain('\x1b[33mWARN \x1b[39m')
  })
})

describe('secrets', () => {
  it('are masked by name, at any depth, in any case, also in class instances, and the object is left alone', () => {
    class Session {
      apiKey = 'k'
      user = 'ann'
    }
    const fields = {
      Authorization: 'Bearer abc',
      nested: [{ passWord: 'p' }],
      session2: new Session(),
      pin: false,
    }
    const before = structuredClone({ ...fields, session2: { ...fields.session2 } })
    for (const format of [jsonFormat(), logfmtFormat(), prettyFormat()]) {
      const { log, lines } = drawn(format)
      log.info('m {Authorization}', fields)
      expect(lines[0]).not.toMatch(/abc|'p'|"p"|"k"/)
      expect(lines[0]).toContain('ann')
    }
    expect({ ...fields, session2: { ...fields.session2 } }).toEqual(before)
  })

  it('are masked for sinks that read fields', () => {
    const seen: unknown[] = []
    const log = createLogger({ uncaught: false, sinks: [(record) => void seen.push(record.fields)] })
    log.info('m', { a: { secret: 's', b: 'see ?token=abc' } })
    expect(seen).toEqual([{ a: { secret: '[masked]', b: 'see ?token=[masked]' } }])
  })

  it('are masked by path, key and shape as asked, or not at all', () => {
    const fields = {
      user: { card: '1', name: 'ann' },
      items: [{ code: 'x' }, { code: 'y' }],
      a: { ssn: '9' },
      url: '/?token=abc',
    }
    const line = (redact: LoggerOptions['redact']) => {
      const { log, json } = drawn(jsonFormat(), redact === undefined ? {} : { redact })
      log.info('m', fields)
      return json()[0]
    }
    expect(line(['user.card', 'items[*].code', '**.ssn'])).toMatchObject({
      user: { card: '[masked]', name: 'ann' },
      items: [{ code: '[masked]' }, { code: '[masked]' }],
      a: { ssn: '[masked]' },
      url: '/?token=[masked]',
    })
    expect(line({ keys: ['NAME'], shapes: false, names: false, censor: '***' })).toMatchObject({
      user: { card: '1', name: '***' },
      a: { ssn: '9' },
      url: '/?token=abc',
    })
    expect(line(false)).toMatchObject(fields)
    expect(() => createLogger({ redact: ['a..b['] })).toThrow(/path cannot be read[\s\S]*\^/)
  })

  it('what the quick scan lets through is what the thorough one would', () => {
    const bits =
      'password=|x| |Bearer |abc123def456ghi789|eyJabcdef.abcd|eyJabcde.abcd|"token": "a b"|\'pin\':\'1\'|https://u:p@h/|://|@|:|=|code|key|sk_live_|ghp_|AKIA1234567890123456|-----BEGIN RSA PRIVATE KEY-----|\n|cookie: a|Basic dXNlcjpwYXNz|&|?|author|SG.|xoxb-|apikey\t|é|npm_|[|]|%5B|--|;|authToken|.ABCDEFGHIJKLMNOP|github_pat_|AIza|Key='.split(
        '|',
      )
    const mask = makeMask()
    let seed = 42
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * below)
    }
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random(6) }, () => bits[random(bits.length)]).join('')
      expect(mask(text), text).toBe(maskText(text))
    }
  })
})

describe('levels', () => {
  it('decide per logger, per sink and per category, and change while running', () => {
    const all: string[] = []
    const errors: string[] = []
    const log = createLogger({
      name: 'app',
      level: 'info,app.db=trace',
      levelFrom: false,
      uncaught: false,
      sinks: [
        (record) => void all.push(record.message),
        { sink: (record) => void errors.push(record.message), level: 'error' },
      ],
    })
    const db = log.child('db')
    log.debug('1')
    db.trace('2')
    db.child('pool').debug('3')
    log.error('4')
    log.setLevel('error,app.db=off')
    log.info('5')
    db.fatal('6')
    log.error('7')
    expect(all).toEqual(['2', '3', '4', '7'])
    expect(errors).toEqual(['4', '7'])
    expect([log.isEnabled('warn'), log.isEnabled('error'), db.isEnabled('fatal')]).toEqual([
      false,
      true,
      false,
    ])
  })

  it('from the environment may be numbers and other loggers’ names; one that is none is refused by its name', () => {
    const leastOf = (text: string): string[] => {
      process.env.TEST_LOG_LEVEL = text
      try {
        const { log, json } = drawn(jsonFormat(), { levelFrom: 'TEST_LOG_LEVEL' })
        for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level]('m')
        return json().map(({ level }) => String(level))
      } finally {
        delete process.env.TEST_LOG_LEVEL
      }
    }
    expect(leastOf('40')).toEqual(['warn', 'error'])
    expect(leastOf('silly')).toHaveLength(5)
    expect(leastOf('WARNING')).toEqual(['warn', 'error'])
    expect(leastOf('off')).toEqual([])
    expect(() => leastOf('wran')).toThrow(
      /the environment variable TEST_LOG_LEVEL: "wran" is no level\. Did you mean "warn"\?/,
    )
  })

  it('may be one’s own, and come from the environment', () => {
    process.env.TEST_LOG_LEVEL = 'audit'
    const { log, json } = drawn(jsonFormat(), {
      levels: { audit: 35 },
      levelFrom: 'TEST_LOG_LEVEL',
    } as LoggerOptions)
    const audited = log as typeof log & { audit(message: string): void }
    log.info('below')
    audited.audit('at')
    delete process.env.TEST_LOG_LEVEL
    expect(json().map(({ level, msg }) => [level, msg])).toEqual([['audit', 'at']])
  })
})

describe('a sink that fails', () => {
  it('harms neither the caller nor other sinks, and is told of once, then by count', () => {
    const told: unknown[] = []
    const good: string[] = []
    const bad = Object.assign(
      () => {
        throw new Error('full')
      },
      { label: 'bad one' },
    )
    const log = createLogger({
      uncaught: false,
      sinks: [bad, (record) => void good.push(record.message)],
      onTrouble: ({ sink, kind, message, lost }) => told.push([sink, kind, message, lost]),
    })
    for (let n = 0; n < 5; n++) log.info(`m${n}`)
    expect(good).toHaveLength(5)
    expect(told).toEqual([['bad one', 'permanent', 'full', 1]])
  })

  it('may fail asynchronously', async () => {
    const told: string[] = []
    const log = createLogger({
      uncaught: false,
      sinks: [async () => Promise.reject(new Error('later'))],
      onTrouble: ({ message }) => told.push(message),
    })
    log.info('m')
    await log.flush()
    expect(told).toEqual(['later'])
  })
})
