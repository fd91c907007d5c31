import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { FIELDS } from '../../src/access/fields.ts'
import { APACHE_DIRECTIVES } from '../../src/access/parse-apache.ts'
import { SYNTAXES } from '../../src/access/parse-format.ts'
import { NGINX_VARIABLES } from '../../src/access/parse-nginx.ts'
import { PYTHON_NAMES } from '../../src/access/parse-python.ts'
import { AccessLogger, FormatError, withAccessLog } from '../../src/access.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import { observeExchange } from '../../src/http/observe-exchange.ts'
import { exchangeText, lastRequest, listening, serve } from './support.ts'

/** `FUZZ=1000000 npx vitest run test/access/fuzz.test.ts` runs a million. */
const ROUNDS = Number(process.env.FUZZ ?? 100_000)

/** Numbers that look random and are the same in each run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const NAMES = [
  ...FIELDS.keys(),
  ...Object.keys(PYTHON_NAMES.cgi),
  ...Object.keys(PYTHON_NAMES.gunicorn),
  ...NGINX_VARIABLES,
]
const PIECES = [
  '%',
  '%%',
  '%(',
  ')s',
  ')',
  '%{',
  '}',
  '{',
  ':',
  '::',
  '$',
  '${',
  '[',
  ']',
  '!',
  '<',
  '>',
  '^',
  ',',
  '404',
  '200',
  '.5',
  '-8',
  '#',
  '\\',
  '\\n',
  '"',
  ' ',
  '\0',
  'é',
  '世',
  '\ud800',
  '\n',
  's',
  'd',
  'x',
  'i',
  'o',
  '*',
  '__proto__',
  'constructor',
  'toString',
  'begin:',
  'end:',
  '%Y',
  'msec',
]

function randomFormat(random: (below: number) => number): string {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const parts = Array.from({ length: 1 + random(7) }, () => {
    switch (random(8)) {
      case 0:
        return `:${pick(NAMES)}${random(3) === 0 ? `[${pick(PIECES)}]` : ''}`
      case 1:
        return `%(${pick(NAMES)})${pick(['s', 'd', '-10.3f', '05x', 'r', 'z', ''])}`
      case 2:
        return `%${pick(['', '>', '<', '!200,304', '404'])}${pick(['', '', '{Referer}', '{x}', '{ms}', '{%H}'])}${pick(APACHE_DIRECTIVES)}`
      case 3:
        return `$${pick(NAMES).replaceAll('-', '_')}`
      default:
        return pick(PIECES)
    }
  })
  return parts.join('')
}

async function anExchange(): Promise<Exchange> {
  let seen: Exchange | undefined
  const { port } = await serve((req, res) => {
    seen = observeExchange(req, res, { exchangeEnded: () => {} }, 15)
    res.end('hello')
  })
  await exchangeText(port, lastRequest('/a?b=c&token=x', ['User-Agent: \xff"', 'Cookie: a=b']))
  return seen as Exchange
}

describe('random formats', () => {
  it(`compile, or are refused with a FormatError, and what compiles never throws (${ROUNDS} of them)`, {
    timeout: 600_000,
  }, async () => {
    const random = randomFrom(20130108)
    const exchange = await anExchange()
    const errors: unknown[] = []
    let compiled = 0
    let refused = 0
    let lines = 0
    for (let round = 0; round < ROUNDS; round++) {
      const format = randomFormat(random)
      const syntax = random(2) === 0 ? SYNTAXES[random(SYNTAXES.length)] : undefined
      try {
        const logger = new AccessLogger(format, {
          to: () => {
            lines++
          },
          onError: (error) => errors.push([format, syntax, error]),
          ...(syntax === undefined ? {} : { syntax }),
        })
        compiled++
        logger.exchangeEnded(exchange)
      } catch (error) {
        refused++
        if (!(error instanceof FormatError)) errors.push([format, syntax, error])
      }
    }
    expect(errors).toEqual([])
    expect(lines).toBe(compiled)
    expect(compiled).toBeGreaterThan(ROUNDS / 50)
    expect(refused).toBeGreaterThan(ROUNDS / 50)
  })
})

describe('many requests at once', () => {
  it('have a line each', async () => {
    let lines = 0
    const server = createServer(
      withAccessLog((_req, res) => res.end('x'), 'combined', { to: () => void lines++ }),
    )
    const { url } = await listening(server)
    await Promise.all(Array.from({ length: 200 }, () => fetch(url).then((answer) => answer.text())))
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    expect(lines).toBe(200)
  })
})
