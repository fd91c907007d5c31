// Frames of every kind, behind one debugger.
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import http from 'node:http'
import * as path from 'node:path'
import { join as joinPath, sep } from 'node:path'
import { withDebugger } from 'rocksolid/debugger'

const context = new AsyncLocalStorage()
let shared = { count: 1 }
const readShared = () => shared

class Base {
  label() {
    return 'base'
  }
  describe(what) {
    return `${this.owner} of base, ${what}`
  }
}

class Account extends Base {
  describe(what) {
    const inMethod = what
    throw new Error(inMethod)
  }
  #balance = 100
  constructor(owner) {
    super()
    this.owner = owner
  }
  withdraw(amount) {
    const fee = amount * 0.1
    if (amount > this.#balance) {
      const missing = amount - this.#balance
      throw new RangeError(`short of ${missing}`)
    }
    return fee
  }
  balance() {
    return this.#balance
  }
}

const account = new Account('Ada')

function transfer(amount) {
  let attempts = 2
  attempts += 1
  const readAttempts = () => attempts
  probe.attempts = readAttempts
  return account.withdraw(amount)
}

const probe = {}

function* generate() {
  const inGenerator = 'g'
  yield inGenerator
  throw new Error('in a generator')
}

class Late {
  get value() {
    const inGetter = 'getter'
    throw new Error(inGetter)
  }
}

class Made {
  constructor(part) {
    const inConstructor = part
    throw new Error(`made of ${inConstructor}`)
  }
}

const routes = {
  '/sync': () => transfer(250),
  '/async': async () => {
    await null
    const afterAwait = 'later'
    return transfer(250 + afterAwait.length)
  },
  '/cause': () => {
    try {
      transfer(300)
    } catch (cause) {
      const wrapper = 'wrapped'
      throw new Error(wrapper, { cause })
    }
  },
  '/aggregate': () => {
    const errors = [1, 2].map((number) => {
      try {
        transfer(1000 + number)
      } catch (error) {
        return error
      }
      return undefined
    })
    throw new AggregateError(errors, 'two transfers failed')
  },
  '/generator': () => [...generate()],
  '/getter': () => new Late().value,
  '/constructor': () => new Made('wood'),
  '/frozen': () => {
    const inFrozen = 'ice'
    throw Object.freeze(new Error(inFrozen))
  },
  '/string': () => {
    const inString = 'plain'
    throw `a ${inString} string`
  },
  '/null': () => {
    const inNull = 'nothing'
    if (inNull) throw null
  },
  '/reject': () => {
    const inReject = 'rejected'
    return new Promise((_resolve, reject) => reject(new Error(inReject)))
  },
  '/emitter': () => {
    const emitter = new EventEmitter()
    emitter.on('go', (what) => {
      throw new Error(`emitted ${what}`)
    })
    emitter.emit('go', 'it')
  },
  '/lodash': () => {
    const _ = { chunk: 'mine' }
    throw new Error(_.chunk)
  },
  '/context': () => context.run({ user: 'Ada' }, () => transfer(500)),
  '/status': () => {
    throw Object.assign(new Error('I am a teapot'), { status: 418 })
  },
  '/big': () => {
    const big = 'x'.repeat(100_000_000)
    const many = Array.from({ length: 1_000_000 }, (_one, index) => index)
    throw new Error(`big ${big.length} ${many.length}`)
  },
  '/chatty': () => {
    const before = process.cpuUsage()
    for (let turn = 0; turn < 2000; turn++) tryToParse('{nope')
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  },
  '/chatty/fails': () => parse('{nope'),
  '/handled': () => {
    try {
      JSON.parse('{nope')
    } catch {}
    return 'fine'
  },
  '/super': () =>
    new (class Special extends Account {
      describe(what) {
        return super.describe(`${what} special`)
      }
    })('Grace').describe('a'),
  '/outer': () => {
    const unused = 'gone'
    const used = 'kept'
    return (() => {
      throw new Error(used)
    })()
  },
  '/nested': () => {
    const deep = {
      a: { b: { c: { d: { e: { f: 'bottom' } } } } },
      list: Array.from({ length: 300 }, (_one, index) => ({ index })),
    }
    let ran = 0
    const lazy = {
      get computed() {
        ran++
        return { answer: 42 }
      },
      get broken() {
        throw new Error('broken getter')
      },
    }
    throw new Error(`${deep.list.length} ${ran} ${typeof lazy}`)
  },
  '/shared': () => String(readShared().count + (probe.attempts?.() ?? 0) + account.balance()),
}

function parse(text) {
  const inParse = text
  return JSON.parse(inParse)
}

function tryToParse(text) {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function readRow(id) {
  await pause(5)
  if (id % 2 === 1) throw new TypeError(`row ${id} is odd`)
  return id
}

async function readTable(id) {
  const table = `table ${id}`
  {
    const insideBlock = `block ${id}`
    const row = await readRow(id)
    return `${table} ${insideBlock} ${row}`
  }
}

async function readAll(request) {
  const wanted = [2 * request, 2 * request + 1]
  return await Promise.all(
    wanted.map(async (id) => {
      const branch = `branch ${id}`
      return `${branch} ${await readTable(id)}`
    }),
  )
}

async function loop(times) {
  let passes = 0
  for (let turn = 0; turn < times; turn++) passes += await Promise.resolve(1)
  if (times === 1) await failLater()
  return passes
}

async function failLater() {
  await null
  throw new Error('after the loop')
}

const app = withDebugger(
  async (req, res) => {
    const route = routes[req.url]
    if (req.url === '/exit') process.exit(0)
    if (req.url === '/after-headers') {
      res.writeHead(200, { 'content-type': 'text/plain' })
      res.write('half')
      transfer(700)
    }
    if (req.url === '/cors') {
      res.setHeader('access-control-allow-origin', '*')
      res.setHeader('content-security-policy', 'script-src *')
      res.setHeader('content-length', '3')
      res.setHeader('set-cookie', 'app=1')
      transfer(800)
    }
    const [, rows] = /^\/rows\/(\d+)$/.exec(req.url) ?? []
    if (rows !== undefined) return res.end(String(await readAll(Number(rows))))
    const [, turns] = /^\/loop\/(\d+)$/.exec(req.url) ?? []
    if (turns !== undefined) return res.end(String(await loop(Number(turns))))
    if (route === undefined) {
      res.statusCode = 404
      return res.end('not here')
    }
    const body = await route()
    res.end(String(body))
  },
  JSON.parse(process.env.DEBUGGER_OPTIONS ?? '{}'),
)

globalThis.separators = () => path.sep + sep + joinPath('a')
globalThis.currentUser = () => context.getStore()?.user
http.createServer(app).listen(Number(process.env.PORT), process.env.HOST ?? 'localhost', function () {
  console.log('listening', this.address().port)
})
process.on('message', () => {})
