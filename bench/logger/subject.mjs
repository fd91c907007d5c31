/** One logging system writing the same records to a file, in a process of its own: `subject.mjs <system> <file> <lines> <mode>`. */

import fs from 'node:fs'

const [system = '', file = '', count = '', mode = 'steady'] = process.argv.slice(2)
const lines = Number(count)
/** Another build to measure, when given. */
const door = process.env.BENCH_LOGGER ?? 'rocksolid/logger'

const OFF_CALLS = 1000

const fields = (n) => ({
  n,
  reqId: `req-${n}`,
  method: 'GET',
  url: '/api/users/42?page=2',
  status: 200,
  ms: 12.5,
  user: { id: 42, name: 'Ann Example' },
})

/** Each gives back how to log one record, and how to end. */
const systems = {
  rocksolid: () => rocksolid({}),
  'rocksolid, redact off': () => rocksolid({ redact: false }),
  'rocksolid, 10 MiB rotation': () => rocksolid({}, { rotate: '10 MiB', keep: 3 }),
  'rocksolid, sync': () => rocksolid({}, { sync: true }),
  'rocksolid, 3 files': () => rocksolid({}, {}, 3),
  'rocksolid, 3 files, one of them text': async () => {
    const { createLogger, fileSink } = await import(door)
    const text = fileSink(`${file}.text`, { format: '%(asctime)s %(levelname)s %(message)s' })
    const log = createLogger({ sinks: [fileSink(file), fileSink(`${file}1`), text] })
    return [(n) => log.info('request completed', fields(n)), () => log.close()]
  },
  // A thousand calls for each line, since one costs next to nothing.
  'rocksolid, level off': async () => {
    const { createLogger, fileSink } = await import(door)
    const log = createLogger({ level: 'warn', sinks: [fileSink(file)] })
    const many = (n) => {
      for (let k = 0; k < OFF_CALLS; k++) log.info('request completed', n)
    }
    return [many, () => log.close(), OFF_CALLS]
  },
  'JSON.stringify, 64 KiB': async () => {
    const fd = fs.openSync(file, 'a')
    let text = ''
    const write = (n) => {
      text += `${JSON.stringify({ level: 30, time: Date.now(), msg: 'request completed', ...fields(n) })}\n`
      if (text.length > 65_536) {
        fs.writeSync(fd, text)
        text = ''
      }
    }
    return [write, () => fs.writeSync(fd, text)]
  },
  'pino sync': async () => pino({ sync: true }),
  'pino sync, 4 KiB': async () => pino({ sync: true, minLength: 4096 }),
  'pino async': async () => pino({ sync: false }),
  winston: async () => {
    const { default: winston } = await import('winston')
    const transport = new winston.transports.File({ filename: file })
    const log = winston.createLogger({ transports: [transport] })
    return [
      (n) => log.info('request completed', fields(n)),
      // Its end() fails with "write after end" while lines wait; so the file is watched until it grows no more.
      () => grownUp(file),
    ]
  },
  LogTape: async () => {
    const { configure, dispose, getLogger, jsonLinesFormatter } = await import('@logtape/logtape')
    const { getFileSink } = await import('@logtape/file')
    await configure({
      sinks: { file: getFileSink(file, { formatter: jsonLinesFormatter }) },
      loggers: [
        { category: 'app', sinks: ['file'], lowestLevel: 'info' },
        { category: ['logtape', 'meta'], sinks: [] },
      ],
    })
    const log = getLogger('app')
    return [(n) => log.info('request completed', fields(n)), dispose]
  },
  bunyan: async () => {
    const { default: bunyan } = await import('bunyan')
    const stream = fs.createWriteStream(file, { flags: 'a' })
    const log = bunyan.createLogger({ name: 'app', streams: [{ stream }] })
    return [
      (n) => log.info(fields(n), 'request completed'),
      () => new Promise((resolve) => stream.end(resolve)),
    ]
  },
  log4js: async () => {
    const { default: log4js } = await import('log4js')
    log4js.addLayout(
      'json',
      () => (event) =>
        JSON.stringify({
          time: event.startTime,
          level: event.level.levelStr,
          msg: event.data[0],
          ...event.data[1],
        }),
    )
    log4js.configure({
      appenders: { file: { type: 'fileSync', filename: file, layout: { type: 'json' } } },
      categories: { default: { appenders: ['file'], level: 'info' } },
    })
    const log = log4js.getLogger()
    return [
      (n) => log.info('request completed', fields(n)),
      () => new Promise((resolve) => log4js.shutdown(resolve)),
    ]
  },
}

async function grownUp(path) {
  const sizeNow = () => fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
  for (let size = -1; size !== sizeNow(); ) {
    size = sizeNow()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function rocksolid(options, sinkOptions = {}, files = 1) {
  const { createLogger, fileSink } = await import(door)
  const sinks = Array.from({ length: files }, (_, index) => fileSink(file + (index || ''), sinkOptions))
  const log = createLogger({ sinks, ...options })
  return [(n) => log.info('request completed', fields(n)), () => log.close()]
}

async function pino(options) {
  const { default: make } = await import('pino')
  const destination = make.destination({ dest: file, ...options })
  const log = make({ base: null }, destination)
  return [
    (n) => log.info(fields(n), 'request completed'),
    () =>
      new Promise((resolve) => {
        destination.on('close', resolve)
        destination.end()
      }),
  ]
}

const make = systems[system]
if (make === undefined) {
  process.send?.({ systems: Object.keys(systems) })
  process.exit()
}
const [one, end, calls = 1] = await make()
// The first records pay for compiling; every program has them behind it soon.
for (let n = 0; n < 2000; n++) one(n)
/** MB in use at the end of each tenth. */
const tenths = []
const started = process.cpuUsage()
const clock = performance.now()
if (mode === 'burst') for (let n = 0; n < lines; n++) one(n)
else {
  for (let n = 0; n < lines; n += 100) {
    for (let k = n; k < n + 100; k++) one(k)
    await new Promise((resolve) => setImmediate(resolve))
    if (Math.floor((n * 10) / lines) >= tenths.length) tenths.push(process.memoryUsage.rss() / 2 ** 20)
  }
}
await end()
const { user, system: kernel } = process.cpuUsage(started)
process.send?.({
  cpu: (user + kernel) / lines / calls,
  tenths,
  ms: performance.now() - clock,
  rssMb: process.resourceUsage().maxRSS / 1024,
})
process.disconnect?.()
