import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as access from '../src/access.ts'
import { ConfigError, ERROR_CODES, FormatError, isRocksolidError } from '../src/core/errors.ts'
import { withDebugger } from '../src/debugger.ts'
import { autoreload, createSupervisor, runWithReloader } from '../src/dev.ts'
import { rocksolid as fetchAdapter } from '../src/fetch.ts'
import * as logger from '../src/logger.ts'
import { rocksolid as nestAdapter } from '../src/nest.ts'

describe('an error of this package', () => {
  it('has a name that is inherited, as those of JavaScript have, and its code', () => {
    const error = new FormatError('cannot be read', '%', 1)
    expect([error.name, error.stack?.split(':')[0], String(error).split(':')[0]]).toEqual(
      Array(3).fill('FormatError'),
    )
    expect(Object.keys(error)).toEqual(['code', 'format', 'position'])
    expect(Object.keys(new ConfigError('ERR_ROCKSOLID_OPTION_INVALID', 'x'))).toEqual(['code'])
  })
})

/** What no type allows, as JavaScript passes it all the same. */
const wrong = 42 as never
const nothing = {} as never

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'reference', 'errors.md'), 'utf8')

describe('docs/reference/errors.md', () => {
  it('lists every code, and no other', () => {
    const listed = [...page.matchAll(/^\| `(ERR_\w+)`/gm)].map((match) => match[1])
    expect(listed).toEqual(Object.keys(ERROR_CODES))
  })
})

/** Each with something it cannot work with. */
const WRONG: Readonly<Record<string, () => unknown>> = {
  'accessLog(42)': () => access.accessLog(wrong),
  'withAccessLog({})': () => access.withAccessLog(nothing),
  'withDebugger({})': () => withDebugger(nothing),
  'withLogging({})': () => logger.withLogging(nothing),
  'createLogger(42)': () => logger.createLogger(wrong),
  'createLogger with a sink that is none': () => logger.createLogger({ sinks: [wrong] }),
  'fileSink({})': () => logger.fileSink(nothing),
  'htmlSink({})': () => logger.htmlSink(nothing),
  'streamSink(42)': () => logger.streamSink(wrong),
  'streamSink with what can only write': () => logger.streamSink({ write: () => true } as never),
  'syslogSink({})': () => logger.syslogSink(nothing),
  'httpSink({})': () => logger.httpSink(nothing),
  'lokiSink({})': () => logger.lokiSink(nothing),
  'otlpSink({})': () => logger.otlpSink(nothing),
  'emailSink(42)': () => logger.emailSink(wrong),
  'an option named as what every object has': () => logger.memorySink({ toString: 1 } as never),
  'an option named __proto__': () => logger.memorySink(JSON.parse('{"__proto__":{"size":1}}')),
  'journaldSink(42)': () => logger.journaldSink(wrong),
  'memorySink(42)': () => logger.memorySink(wrong),
  'loggerSink({})': () => logger.loggerSink(nothing),
  'pinoDestination({})': () => logger.pinoDestination(nothing),
  'winstonTransport({})': () => logger.winstonTransport(nothing),
  'captureConsole({})': () => logger.captureConsole(nothing),
  'fingersCrossed({})': () => logger.fingersCrossed(nothing),
  'textFormat({})': () => logger.textFormat(nothing),
  'jsonFormat(42)': () => logger.jsonFormat(wrong),
  'lazy({})': () => logger.lazy(nothing),
  'withContext without work': () => logger.withContext({}, wrong),
  'runWithReloader({})': () => runWithReloader(nothing),
  'autoreload.addReloadHook({})': () => autoreload.addReloadHook(nothing),
  'autoreload.watch({})': () => autoreload.watch(nothing),
  'createSupervisor(42)': () => createSupervisor(wrong),
  'rocksolid/fetch of {}': () => fetchAdapter(nothing),
  'rocksolid/nest of {}': () => nestAdapter(nothing),
}

describe('an argument that cannot be', () => {
  it.each(Object.entries(WRONG))('%s says at once what came and what is allowed', async (_name, call) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown)
    expect(error).toSatisfy(isRocksolidError)
    expect((error as Error).message).toMatch(
      /^[\w.]+: .+ (?:is|are) .+\. Allowed: .+\.$|^[\w.]+: unknown option /s,
    )
  })
})
