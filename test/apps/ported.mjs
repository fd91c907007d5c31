// What other debuggers are tested with.
import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

class Shop {
  #secretStock = 3
  name = 'corner'
  static open = true
  sell(what, count = 1) {
    return `${what} ${count} ${this.#secretStock}`
  }
}

function readStock(order) {
  throw new RangeError(`no stock for ${order.id}`)
}

/** A helper that wants to be seen nowhere. */
function refuse(message) {
  const error = new Error(message)
  Error.captureStackTrace(error, refuse)
  throw error
}

const routes = {
  '/console': () => {
    const shop = new Shop()
    const table = { first: 1, second: 'two' }
    const twenty = Array.from({ length: 20 }, (_one, index) => index)
    const self = []
    self.push(self)
    const broken = {
      [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('broken on purpose')
      },
    }
    throw new Error(
      `${shop.name} ${table.first} ${twenty.length} ${self.length} ${typeof broken} ${Shop.open}`,
    )
  },
  '/cycle': () => {
    const one = new Error('one')
    const two = new Error('two', { cause: one })
    one.cause = two
    throw one
  },
  '/bare-cause': () => {
    const cause = new Error('bare')
    delete cause.stack
    cause.stack = undefined
    throw new Error('outer', { cause })
  },
  '/beyond': () => {
    const error = new Error('beyond the end')
    error.stack = error.stack.replace(/(ported\.mjs):\d+/, '$1:99999')
    throw error
  },
  '/no-such-file': () => {
    const error = new Error('nowhere')
    error.stack = `Error: nowhere\n    at gone (/no/such/place.mjs:1:1)\n    at <anonymous>\n    at garbage`
    throw error
  },
  '/unicode': () => {
    throw new Error('größer als 日本語 \u{1f4a5} </title><script>alert(1)</script>')
  },
  '/blank-lines': () => {
    const ready = 'ready'
    refuse(`\n  \n\n  not ${ready}`)
  },
  '/chain': () => {
    const order = { id: 7 }
    try {
      readStock(order)
    } catch (cause) {
      throw new Error('the order cannot be filled', { cause })
    }
  },
  '/shapes': () => {
    class Label extends String {}
    const anonymous = new (class {
      #hidden = 1
      shown = 'instance variable'
      password = 'hunter2hunter2'
      peek() {
        return this.#hidden
      }
    })()
    const label = new Label('<b> & "quoted"')
    const empty = [[], {}, new Map(), new Set(), '', 0]
    const frozen = Object.freeze(new Set([1, 2]))
    const wide = Object.fromEntries(Array.from({ length: 120 }, (_one, index) => [`key${index}`, index]))
    const text = '"<i>'.repeat(1000)
    const huge = Buffer.alloc(50_000_000)
    throw new Error(
      [anonymous, label, empty, frozen, wide, text.length, huge.length].map((one) => typeof one).join(),
    )
  },
  '/native': () => [1].map(() => [2].map(() => JSON.parse('{'))),
}

function handler(req, res) {
  if (req.url === '/plain') {
    res.writeHead(201, { 'content-type': 'text/x-own', 'x-own': 'kept', connection: 'close' })
    return res.end('as it is')
  }
  routes[req.url]()
}

const app = process.env.BARE ? handler : withDebugger(handler)
http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
