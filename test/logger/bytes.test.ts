import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  createLogger,
  fileSink,
  jsonFormat,
  type Logger,
  type LoggerOptions,
  lazy,
  withContext,
} from '../../src/logger.ts'
import { numbersIn } from './child.ts'
import { hostile } from './hostile.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
let count = 0

/** What files hold, and what the format says as text, of the same records. */
async function both(work: (log: Logger) => void, options: LoggerOptions = {}, files = 1) {
  const format = jsonFormat()
  const texts: string[] = []
  const paths = Array.from({ length: files }, () => at(`${count++}.log`))
  const sinks = paths.map((path) => fileSink(path, { format: jsonFormat() }))
  const log = createLogger({
    level: 'trace',
    levelFrom: false,
    uncaught: false,
    now: () => 1_357_649_445_007,
    ...options,
    sinks: [...sinks, (record) => void texts.push(format(record))],
  })
  work(log)
  await log.close()
  return { written: paths.map((path) => readFileSync(path, 'utf8')), text: texts.join('') }
}

const usual = {
  n: 1,
  ms: 12.5,
  ok: true,
  none: null,
  gone: undefined,
  text: 'plain',
  user: { id: 7, name: 'Ann' },
}

const records: Record<string, (log: Logger) => void> = {
  'the usual': (log) => log.info('request completed', usual),
  'no fields': (log) => log.info('only this'),
  numbers: (log) => {
    for (const n of [
      0,
      -0,
      1,
      9,
      10,
      99,
      100,
      12_345,
      2 ** 31 - 1,
      2 ** 31,
      -1,
      0.1,
      1e21,
      1e-7,
      Number.NaN,
      -1 / 0,
    ])
      log.info('n', { n })
    for (let digits = 1; digits < 10; digits++) log.info('n', { n: 10 ** digits, m: 10 ** digits - 1 })
  },
  'other alphabets': (log) => log.info('grüße — 日本語 😀', { ключ: 'значение', '😀': '😀', 'q"': 'a"b\\c' }),
  'nested objects': (log) =>
    log.info('deep', {
      a: { b: { c: { d: { e: { f: 1 } } } } },
      empty: {},
      gone: { x: undefined },
      list: [1, [2]],
    }),
  'long texts': (log) => {
    for (const length of [255, 256, 257, 20_000, 70_000])
      log.info('x'.repeat(length), { long: 'y'.repeat(length) })
  },
  'many keys': (log) => {
    for (const length of [63, 64, 65, 2000]) log.info('keys', { ...many(length), inside: many(length) })
  },
  'the same key in logger, context and call': (log) =>
    withContext({ a: 2, c: 1 }, () => {
      log.child({ a: 1, b: 1 }).info('m', { b: 2 })
      log.child({ d: 1 }).info('m', { e: 1 })
      log.child({ d: 1 }).info('m')
      log.child({ c: 0 }).info('m')
    }),
  'names the record uses itself': (log) =>
    log.info('m', { level: 'mine', msg: 1, _msg: 2, in: { level: 1, msg: 2 } }),
  'secrets by name and shape': (log) => {
    log.info('Bearer abcdefghijklmnop', { password: 'p', in: { token: 't', list: [{ cookie: 'c' }] } })
    log.info('m', {
      url: '/x?access_token=abcdef',
      key: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      ok: 'a=b',
    })
  },
  'errors, dates, lists, instances': (log) => {
    class Point {
      x = 1
    }
    log.error(new TypeError('bad', { cause: new Error('why') }), 'm', {
      when: new Date(0),
      at: new Point(),
      l: [usual],
    })
    log.info('m', new Point())
    log.info('m', { v: lazy(() => ({ made: 1 })), m: new Map([['k', 1]]) })
  },
  'own levels and categories': (log) => log.child('db').child('pool').log(35, 'between'),
}

const many = (length: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length }, (_, index) => [`key${index}`, index]))

describe('a JSON file holds to the byte what the format says as text', () => {
  it.each(Object.keys(records))('%s', async (name) => {
    for (const options of [{}, { redact: false }, { redact: ['user.name'] }]) {
      const { written, text } = await both(records[name] ?? (() => {}), options)
      expect(written[0]).toBe(text)
      expect(text).not.toBe('')
    }
  })

  it.each(Object.keys(hostile))('hostile: %s', async (name) => {
    const value = hostile[name]?.[0]
    const { written, text } = await both((log) => {
      log.info('m', { v: value, after: 1 })
      log.info('m', { in: { v: value }, after: 1 })
      log.child({ v: value }).info('m', usual)
    })
    expect(written[0]).toBe(text)
  })

  it('in several files alike, whichever way each record is drawn, in one order', async () => {
    const { written, text } = await both(
      (log) => {
        for (let n = 0; n < 3000; n++)
          log.info(n % 7 === 0 ? 'é'.repeat(n) : 'line', n % 5 === 0 ? new Error('e') : { n })
      },
      {},
      3,
    )
    for (const one of written) expect(one).toBe(text)
  })

  it('in files that get only some of the records, and one that writes each at once', async () => {
    const paths = ['all', 'thirds', 'sync', 'late'].map((name) => at(`some-${name}.log`))
    const [all = '', thirds = '', sync = '', late = ''] = paths
    const log = createLogger({
      uncaught: false,
      sinks: [
        { sink: fileSink(thirds), filter: ({ fields }) => (fields.n as number) % 3 === 0 },
        fileSink(sync, { sync: true }),
        fileSink(all),
        { sink: fileSink(late), filter: ({ fields }) => (fields.n as number) >= 2000 },
      ],
    })
    for (let n = 0; n < 4000; n++) {
      log.info(n % 11 === 0 ? 'ü'.repeat(100) : 'line', { n })
      if (n === 3000) await log.flush()
    }
    await log.close()
    const numbers = Array.from({ length: 4000 }, (_, n) => n)
    expect(numbersIn(all)).toEqual(numbers)
    expect(numbersIn(sync)).toEqual(numbers)
    expect(numbersIn(thirds)).toEqual(numbers.filter((n) => n % 3 === 0))
    expect(numbersIn(late)).toEqual(numbers.slice(2000))
  })

  it('when every object has gained a property', async () => {
    Object.defineProperty(Object.prototype, 'polluted', {
      value: 1,
      enumerable: true,
      configurable: true,
      writable: true,
    })
    try {
      const { written, text } = await both((log) => log.info('m', usual))
      expect(written[0]).toBe(text)
      expect(text).not.toContain('polluted')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted')
    }
  })
})

describe('a getter that logs while its record is being drawn', () => {
  it.each([{ sync: false }, { sync: true }])('harms neither record: %j', async (options) => {
    const paths = [at(`getter-a-${options.sync}.log`), at(`getter-b-${options.sync}.log`)]
    const log = createLogger({ uncaught: false, sinks: paths.map((path) => fileSink(path, options)) })
    for (let n = 0; n < 500; n++) {
      log.info('outer', {
        n,
        inside: {
          get loud() {
            log.info('inner', { n, text: 'z'.repeat(n) })
            if (n % 100 === 0) log.flushSync()
            return n
          },
        },
        after: 'x'.repeat(n % 300),
      })
    }
    await log.close()
    for (const path of paths) {
      const lines = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string; n: number; inside?: { loud: number } })
      const outer = lines.filter(({ msg }) => msg === 'outer')
      expect(outer.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
      expect(outer.every(({ n, inside }) => inside?.loud === n)).toBe(true)
      expect(new Set(lines.filter(({ msg }) => msg === 'inner').map(({ n }) => n)).size).toBe(500)
    }
  })
})
