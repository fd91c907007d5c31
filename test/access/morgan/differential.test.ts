import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Morgan, MorganOptions } from '../../../src/access/morgan/interface.ts'
import ours from '../../../src/morgan.ts'
import { exchangeText, Lines, lastRequest, open, request, serve } from '../support.ts'

const theirs = createRequire(import.meta.url)('morgan') as Morgan

type Handler = (req: IncomingMessage, res: ServerResponse) => void

interface Scene {
  readonly format: string
  readonly handler?: Handler
  readonly text?: string
  readonly options?: MorganOptions
  /** The client leaves when its request, or the beginning of the answer, has come. */
  readonly leave?: 'asked' | 'answered'
}

const hello: Handler = (_req, res) => {
  res.end('hello')
}

async function lineOf(
  morgan: Morgan,
  { format, handler = hello, text, options, leave }: Scene,
): Promise<string> {
  const lines = new Lines()
  const log = morgan(format, { ...options, stream: lines.stream })
  let close: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const { port, server } = await serve((req, res) => {
    res.once('close', close)
    log(req, res, () => handler(req, res))
  })
  if (leave === undefined) await exchangeText(port, text ?? lastRequest('/a?b=c'))
  else {
    const asked = once(server, 'request')
    const socket = open(port)
    socket.write(text ?? request('/a'))
    await asked
    if (leave === 'answered') await once(socket, 'data')
    socket.destroy()
  }
  await closed
  await sleep(20)
  return lines.all.join('\n')
}

const all =
  ':remote-addr :remote-user :method :url HTTP/:http-version :status :res[content-length] :res[X-Two] :req[host] :req[x-none] :referrer :user-agent :pid'

const basic = (pair: string): string => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`

describe('the same requests through morgan and through this', () => {
  it.each<[string, Scene]>([
    ['combined', { format: 'combined' }],
    ['common', { format: 'common' }],
    ['default', { format: 'default' }],
    ['short', { format: 'short' }],
    ['tiny', { format: 'tiny' }],
    ['dev', { format: 'dev' }],
    ['dev, 304', { format: 'dev', handler: (_req, res) => res.writeHead(304).end() }],
    ['dev, 404', { format: 'dev', handler: (_req, res) => res.writeHead(404).end() }],
    ['dev, 500', { format: 'dev', handler: (_req, res) => res.writeHead(500).end() }],
    ['all tokens', { format: all }],
    [
      'times',
      { format: ':response-time :response-time[0] :total-time[6] :date :date[clf] :date[iso] :date[web]' },
    ],
    ['an unknown date', { format: ':date[nothing]' }],
    ['literals that look like something', { format: 'a :m "%h" $status \\n :method:url ::status [:status]' }],
    [
      'a promised length that was not kept',
      { format: 'tiny', handler: (_req, res) => res.setHeader('Content-Length', 2).end('hi') },
    ],
    [
      'HEAD with a length',
      {
        format: 'tiny',
        text: lastRequest('/', [], 'HEAD'),
        handler: (_req, res) => res.setHeader('Content-Length', 5).end(),
      },
    ],
    [
      'several values of a header',
      { format: all, handler: (_req, res) => res.setHeader('X-Two', ['1', '2']).end() },
    ],
    ['a user', { format: all, text: lastRequest('/', [basic('tj:secret')]) }],
    ['a user without a name', { format: all, text: lastRequest('/', [basic(':secret')]) }],
    [
      'a user that would break the line',
      { format: all, text: lastRequest('/', [basic('bob"\n127.0.0.1 - fake:x')]) },
    ],
    ['a user in UTF-8', { format: all, text: lastRequest('/', [basic('jürgen世:x')]) }],
    ['credentials of another kind', { format: all, text: lastRequest('/', ['Authorization: Bearer abc']) }],
    ['credentials without a colon', { format: all, text: lastRequest('/', [basic('nobody')]) }],
    ['broken credentials', { format: all, text: lastRequest('/', ['Authorization: Basic *']) }],
    ['quotes and backslashes in the target', { format: all, text: lastRequest('/"<\\>') }],
    ['odd bytes in a header', { format: all, text: lastRequest('/', ['User-Agent: a"\xe9\xff\tb']) }],
    ['UTF-8 in a header', { format: all, text: lastRequest('/', ['User-Agent: Ã©ä¸\x96']) }],
    ['Referrer with two r', { format: all, text: lastRequest('/', ['Referrer: http://a/']) }],
    ['HTTP/1.0', { format: all, text: 'GET / HTTP/1.0\r\n\r\n' }],
    [
      'early hints',
      {
        format: 'tiny',
        handler: (_req, res) => res.writeEarlyHints({ link: '</a>; rel=preload' }, () => res.end('x')),
      },
    ],
    ['a client that leaves before the header', { format: all, handler: () => {}, leave: 'asked' }],
    [
      'a client that leaves in the body',
      { format: all, handler: (_req, res) => void res.write('x'.repeat(99)), leave: 'answered' },
    ],
    ['a server that destroys the response', { format: all, handler: (_req, res) => void res.destroy() }],
    ['immediate', { format: all, options: { immediate: true } }],
    ['skip', { format: all, options: { skip: () => true } }],
  ])('%s', async (_title, scene) => {
    const [one, other] = [await lineOf(theirs, scene), await lineOf(ours, scene)]
    expect(other.replace(/\d/g, '0')).toBe(one.replace(/\d/g, '0'))
    expect(withoutTimes(other)).toBe(withoutTimes(one))
  })
})

/** Durations and clocks differ from run to run; all other digits must be the same. */
function withoutTimes(line: string): string {
  return line
    .replace(/\d+\.\d+/g, (text) => (/^\d\.\d$/.test(text) ? text : 'TIME'))
    .replace(/(\d{4}):\d\d:\d\d:\d\d/g, '$1:CLOCK')
    .replace(/\d\d:\d\d:\d\d/g, 'CLOCK')
}
