// Errors that carry an attack in everything an error can carry. `/all/3,4` is the attacks of these numbers.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { withDebugger } from 'rocksolid/debugger'

const corpus = JSON.parse(readFileSync(new URL('./xss-corpus.json', import.meta.url), 'utf8'))

function failWith(attack, { headers }) {
  const className = { [attack]: class extends Error {} }[attack]
  const error = new className(attack, { cause: { [attack]: attack, message: attack, name: attack } })
  error.name = attack
  error.code = attack
  error[attack] = attack
  error[Symbol(attack)] = new Map([[attack, { [attack]: attack }]])
  error.headers = headers
  error.tagged = { [Symbol.toStringTag]: attack }
  error.made = new className(attack)
  error.fn = Object.defineProperty(() => {}, 'name', { value: attack })
  error.symbol = Symbol(attack)
  error.regexp = new RegExp(attack.replace(/\W/g, '\\$&') || 'x')
  const said = attack
  const holder = { [attack]: () => raise(error, said) }
  Object.defineProperty(holder[attack], 'name', { value: attack })
  holder[attack]()
}

/** A name with line ends ends the line of its frame; one without stands in it whole. */
function named(attack, run) {
  return Object.defineProperty(() => run(), 'name', { value: attack.replace(/\s/g, '_') })()
}

/* </script><script>window.__xss=1</script> */ function raise(error, said) {
  // <img src=x onerror=window.__xss=1> --> "' onfocus=window.__xss=1
  if (said) throw error // </style></title><svg onload=window.__xss=1>
  return `</textarea>${said}<script>window.__xss=1</script>`
}

const variants = {
  error: (attack, req) => named(attack, () => failWith(attack, req)),
  stack: (attack) => {
    throw Object.assign(new Error('x'), {
      stack: `${attack}: ${attack}\n    at ${attack} (/srv/${attack}.js:1:1)\n    at async ${attack}:2:2\n    at ${attack}`,
    })
  },
  aggregate: (attack) => {
    throw new AggregateError([new Error(attack), attack, { [attack]: attack }], attack)
  },
  string: (attack) => {
    throw attack
  },
  object: (attack) => {
    throw { [attack]: [attack], name: attack, message: attack, stack: attack }
  },
  evaluated: (attack) => {
    new Function(`throw new Error('x')\n//# sourceURL=${attack.replace(/\s/g, '_')}`)()
  },
  huge: (attack) => {
    const huge = attack.repeat(Math.ceil(10_000_000 / attack.length))
    throw Object.assign(new Error(huge), { huge, [huge]: 1, list: [huge, { huge }], name: huge })
  },
}

/** All of them at once. */
variants.all = (attack, req) => {
  const thrown = ['error', 'stack', 'aggregate', 'string', 'object', 'evaluated'].map((name) => {
    try {
      return variants[name](attack, req)
    } catch (error) {
      return error
    }
  })
  throw new AggregateError(thrown, attack)
}

/** A file whose very path is an attack. */
async function inHostileFile() {
  const folder = mkdtempSync(join(process.env.HOSTILE_FOLDER, 'x'))
  const file = join(folder, `<img src=x onerror='window.__xss=1'>"&.mjs`)
  writeFileSync(file, 'export function fail() {\n  throw new Error("in a file")\n}\n')
  const { fail } = await import(pathToFileURL(file))
  fail()
}

const app = withDebugger(async (req, res) => {
  const [, variant, number] = req.url.split(/[/?]/)
  if (variant === 'file') return await inHostileFile()
  if (variants[variant] === undefined) return res.end('not here')
  const attacks =
    number === 'text'
      ? [JSON.parse(process.env.HOSTILE_TEXT)]
      : number === 'joined'
        ? corpus
        : number.split(',').map((one) => corpus[Number(one)])
  variants[variant](attacks.join(' '), req)
})
http.createServer(app).listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
