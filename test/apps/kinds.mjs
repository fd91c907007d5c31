// Every kind of frame that can stand on a stack, each with a local of its own.
import { EventEmitter } from 'node:events'
import http from 'node:http'
import { Readable } from 'node:stream'
import vm from 'node:vm'
import { withDebugger } from 'rocksolid/debugger'

const script = new vm.Script('(function inVm(value) { const own = value; throw new Error(own) })', {
  filename: '/virtual/script.js',
})

class Fields {
  ready = 'set before'
  broken = (() => {
    const own = this.ready
    throw new Error(own)
  })()
}

class Plain {
  method() {
    const own = 'method'
    throw new Error(own)
  }
  static make() {
    const own = 'static'
    throw new Error(own)
  }
  get got() {
    const own = 'getter'
    throw new Error(own)
  }
  set given(value) {
    const own = value
    throw new Error(own)
  }
  constructor(kind) {
    const own = kind
    if (own) throw new Error(own)
  }
}

function* generator() {
  const own = 'generator'
  yield 1
  throw new Error(own)
}

async function* asyncGenerator() {
  const own = 'async generator'
  yield 1
  await null
  throw new Error(own)
}

const rejecting = (start) =>
  new Promise((_resolve, reject) => {
    start(() => {
      const own = 'scheduled'
      try {
        throw new Error(own)
      } catch (error) {
        reject(error)
      }
    })
  })

const kinds = {
  function: function named() {
    const own = 'function'
    throw new Error(own)
  },
  arrow: () => {
    const own = 'arrow'
    throw new Error(own)
  },
  anonymous: () =>
    (() => {
      const own = 'anonymous'
      throw new Error(own)
    })(),
  eval: () => {
    // biome-ignore lint/security/noGlobalEval: this is what is tested
    return eval("(() => { const own = 'eval'; throw new Error(own) })()")
  },
  'new-function': () => new Function("const own = 'made'; throw new Error(own)")(),
  vm: () => script.runInThisContext()('vm'),
  'other-context': () => vm.runInNewContext("(() => { const own = 'context'; throw new Error(own) })()"),
  method: () => new Plain().method(),
  static: () => Plain.make(),
  getter: () => new Plain().got,
  setter: () => {
    new Plain().given = 'setter'
  },
  constructor: () => new Plain('constructor'),
  field: () => new Fields(),
  generator: () => [...generator()],
  'async-generator': async () => {
    for await (const one of asyncGenerator()) void one
  },
  callback: () =>
    [1].map(() => {
      const own = 'callback'
      throw new Error(own)
    }),
  timer: () => rejecting((run) => setTimeout(run, 1)),
  immediate: () => rejecting(setImmediate),
  'next-tick': () => rejecting(process.nextTick),
  microtask: () => rejecting(queueMicrotask),
  emitter: () => {
    const emitter = new EventEmitter()
    emitter.on('go', () => {
      const own = 'listener'
      throw new Error(own)
    })
    emitter.emit('go')
  },
  stream: () =>
    new Promise((_resolve, reject) => {
      const source = new Readable({
        read() {
          const own = 'stream'
          try {
            throw new Error(own)
          } catch (error) {
            this.destroy(error)
          }
        },
      })
      source.on('error', reject).resume()
    }),
  proxy: () =>
    new Proxy(
      {},
      {
        get() {
          const own = 'trap'
          throw new Error(own)
        },
      },
    ).any,
  'to-json': () =>
    JSON.stringify({
      toJSON() {
        const own = 'to json'
        throw new Error(own)
      },
    }),
  tag: () =>
    ((strings, value) => {
      const own = strings[0] + value
      throw new Error(own)
    })`tag ${1}`,
  reaction: () =>
    Promise.resolve().then(() => {
      const own = 'reaction'
      throw new Error(own)
    }),
  block: () => {
    for (const item of ['a', 'b']) {
      const own = `block ${item}`
      if (item === 'b') throw new Error(own)
    }
  },
  'catch-clause': () => {
    try {
      JSON.parse('{')
    } catch (caught) {
      const own = caught.name
      throw new Error(own)
    }
  },
  string: () => {
    const own = 'a string'
    throw own
  },
  number: () => {
    const own = 42
    throw own
  },
  symbol: () => {
    const own = Symbol('thrown')
    throw own
  },
  object: () => {
    const own = { code: 'E_OWN' }
    throw own
  },
  undefined: () => {
    const own = 'nothing'
    if (own) throw undefined
  },
}

const app = withDebugger(async (req, res) => {
  const kind = kinds[req.url.slice(1)]
  if (kind === undefined) return res.end(JSON.stringify(Object.keys(kinds)))
  await kind()
  res.end('did not fail')
})

http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
