import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { type AccessLogOptions, accessLog, type TrustProxy, withAccessLog } from '../../src/access.ts'
import { HIDDEN_TEXT, hiddenIn } from '../support/hidden.ts'
import { exchangeText, Lines, lastRequest, serve } from './support.ts'

async function lineOf(format: string, text: string, options: AccessLogOptions = {}): Promise<string> {
  const lines = new Lines()
  const { port } = await serve(
    withAccessLog((_req, res) => res.setHeader('Set-Cookie', 'sid=1').end('x'), format, {
      to: lines.to,
      ...options,
    }),
  )
  await exchangeText(port, text)
  return lines.one()
}

const basic = (user: string): string =>
  `Authorization: Basic ${Buffer.from(`${user}:x`, 'latin1').toString('base64')}`

describe('escaping', () => {
  const odd = ['User-Agent: a"\xe9\xff\tb\\', basic('bob"\n127.0.0.1 - - fake\x1b[31m')]

  it('shows bytes as Apache does', async () => {
    expect(await lineOf('%{User-Agent}i|%u', lastRequest('/', odd))).toBe(
      String.raw`a\"\xe9\xff\tb\\|bob\"\n127.0.0.1 - - fake\x1b[31m`,
    )
  })

  it('shows bytes as nginx does in its syntax', async () => {
    expect(await lineOf('$http_user_agent|$remote_user', lastRequest('/', odd))).toBe(
      String.raw`a\x22\xE9\xFF\x09b\x5C|bob\x22\x0A127.0.0.1 - - fake\x1B[31m`,
    )
  })

  it('escapes every syntax, every field and tokens of the application', async () => {
    const tokens = { evil: () => 'x\n"\u2028世' }
    expect(await lineOf(':evil :url', lastRequest('/"<\\>'), { tokens })).toBe(
      String.raw`x\n\"\xe2\x80\xa8\xe4\xb8\x96 /\"<\\>`,
    )
    expect(await lineOf('%(evil)s %(HTTP_USER_AGENT)s', lastRequest('/', odd), { tokens })).toBe(
      String.raw`x\n\"\xe2\x80\xa8\xe4\xb8\x96 a\"\xe9\xff\tb\\`,
    )
  })

  it('can be left to somebody else', async () => {
    expect(await lineOf('%{User-Agent}i', lastRequest('/', odd), { escape: 'none' })).toBe('a"\xe9\xff\tb\\')
  })

  it('writes JSON that any reader takes, with UTF-8 put right where it is valid', async () => {
    const utf8 = Buffer.from('é世\u2028\u0096', 'utf8').toString('latin1')
    const line = await lineOf('json', lastRequest('/"\\', [`User-Agent: ${utf8}`, 'Referer: \xe9\x9b']))
    expect(line).toMatch(/^[^\x7f-\x9f\u2028\u2029]+$/)
    expect(line).toContain(String.raw`é世\u2028\u0096`)
    const parsed = JSON.parse(line)
    expect(parsed).toMatchObject({
      url: '/"\\',
      user_agent: 'é世\u2028\u0096',
      referrer: '\xe9\x9b',
      bytes: 1,
    })
  })

  it.each(['json', 'combined', 'pretty', 'dev', '$http_user_agent'])(
    'lets nothing hide in a line of %s, nor turn it round',
    async (format) => {
      const agent = Buffer.from(`agent${HIDDEN_TEXT}`, 'utf8').toString('latin1')
      const line = await lineOf(format, lastRequest('/agent', [`User-Agent: ${agent}`]))
      expect(line).toContain('agent')
      expect(hiddenIn(line)).toEqual([])
      if (format === 'json') expect(JSON.parse(line).user_agent).toBe(`agent${HIDDEN_TEXT}`)
    },
  )

  it('cuts a value that is too long', async () => {
    const long = `/${'x'.repeat(500)}`
    expect(await lineOf('%U %m', lastRequest(long), { maxValueLength: 20 })).toBe(`/${'x'.repeat(19)}... GET`)
    expect(JSON.parse(await lineOf('json', lastRequest(long), { maxValueLength: 20 })).url).toBe(
      `/${'x'.repeat(19)}...`,
    )
  })
})

describe('a line that is too long', () => {
  const target = `/${'x'.repeat(3000)}`

  it('is cut and marked, whatever wrote it', async () => {
    const expected = `"GET ${target.slice(0, 248)}...`
    expect(await lineOf('"%r" %>s', lastRequest(target), { maxLineLength: 256 })).toBe(expected)
    const written = await lineOf('%>s', lastRequest('/'), {
      maxLineLength: 256,
      writeLog: () => 'y'.repeat(300),
    })
    expect(written).toBe(`${'y'.repeat(253)}...`)
  })

  it('is cut at 64 KiB when nothing is said', async () => {
    const line = await lineOf('%U'.repeat(40), lastRequest(target))
    expect(line).toHaveLength(65_536)
    expect(line.endsWith('x...')).toBe(true)
  })

  it('stays JSON that can be read', async () => {
    const short = await lineOf('json', lastRequest(target), { maxLineLength: 2048 })
    expect(JSON.parse(short)).toMatchObject({ url: `${target.slice(0, 64)}...`, status: 200 })
    expect(await lineOf('json', lastRequest(target), { maxLineLength: 256 })).toBe('{"truncated":true}')
  })
})

describe('masking', () => {
  const target =
    '/a?Token=t1&x=1&access_token=t2&X-Amz-Signature=s&api%5Fkey=k&page=2&client-secret=&my_password=p#sig=1'

  it('takes secrets out of targets and referrers, and leaves their names', async () => {
    const line = await lineOf(
      '%r|%q|%{Referer}i',
      lastRequest(target.split('#')[0] ?? '', ['Referer: http://u:pw@a.test/?sig=abc&y=2']),
    )
    const shown =
      '?Token=REDACTED&x=1&access_token=REDACTED&X-Amz-Signature=REDACTED&api%5Fkey=REDACTED&page=2&client-secret=&my_password=REDACTED'
    expect(line).toBe(`GET /a${shown} HTTP/1.1|${shown}|http://u:REDACTED@a.test/?sig=REDACTED&y=2`)
  })

  it('masks in JSON, in nginx’s and in morgan’s syntax alike', async () => {
    for (const format of [
      'json',
      '$request_uri $arg_token',
      ':url :arg[token]',
      '%(REQUEST_URI)s %(QUERY_STRING)s',
      'pretty',
    ]) {
      const line = await lineOf(format, lastRequest('/?token=hushhush'))
      expect(line).not.toContain('hushhush')
      expect(line).toContain('REDACTED')
    }
  })

  it('masks headers and cookies of a login, on both sides', async () => {
    const text = lastRequest('/', [basic('bob'), 'Cookie: sid=1; theme=dark', 'X-Api-Key: k'])
    expect(
      await lineOf('%{Authorization}i %{Cookie}i %{X-Api-Key}i %{sid}C %{theme}C %{Set-Cookie}o %u', text),
    ).toBe('REDACTED REDACTED REDACTED REDACTED dark REDACTED bob')
  })

  it('masks further names, or nothing, as the option says', async () => {
    const text = lastRequest('/?pin_code=12&token=t', ['X-Mine: secret', 'Cookie: theme=dark'])
    const mask = { query: ['pinCode'], headers: ['x-mine'], cookies: ['theme'] }
    expect(await lineOf('%q %{X-Mine}i %{theme}C', text, { mask })).toBe(
      '?pin_code=REDACTED&token=REDACTED REDACTED REDACTED',
    )
    expect(await lineOf('%q %{X-Mine}i %{theme}C', text, { mask: false })).toBe(
      '?pin_code=12&token=t secret dark',
    )
  })
})

describe('the address of the client', () => {
  const cases: [string, TrustProxy, string[], string, string?][] = [
    ['is the peer when nobody is trusted', false, ['X-Forwarded-For: 1.1.1.1'], '127.0.0.1'],
    [
      'is the last one that a trusted proxy has not seen through another',
      ['loopback'],
      ['X-Forwarded-For: 6.6.6.6, 1.1.1.1'],
      '1.1.1.1',
    ],
    [
      'goes through all trusted networks',
      ['loopback', '10.0.0.0/8'],
      ['X-Forwarded-For: 6.6.6.6, 1.1.1.1, 10.1.2.3'],
      '1.1.1.1',
    ],
    [
      'is the first when all are trusted',
      ['loopback', 'private'],
      ['X-Forwarded-For: 192.168.0.9, 10.1.2.3'],
      '192.168.0.9',
    ],
    [
      'ignores the header when the peer is not trusted',
      ['10.0.0.0/8'],
      ['X-Forwarded-For: 1.1.1.1'],
      '127.0.0.1',
    ],
    ['takes a single name as Express does', 'loopback', ['X-Forwarded-For: 6.6.6.6, 1.1.1.1'], '1.1.1.1'],
    [
      'knows an address by its network, whatever interface it names',
      ['loopback', 'linklocal'],
      ['X-Forwarded-For: 1.1.1.1, fe80::1%eth0'],
      '1.1.1.1',
    ],
    ['counts proxies', 2, ['X-Forwarded-For: 6.6.6.6, 1.1.1.1, 10.1.2.3'], '1.1.1.1'],
    ['stops at what is no address', ['loopback'], ['X-Forwarded-For: 1.1.1.1, <script>'], '127.0.0.1'],
    [
      'takes off ports, brackets and IPv4 mapping',
      ['loopback'],
      ['X-Forwarded-For: [::ffff:1.1.1.1]:80'],
      '1.1.1.1',
    ],
    [
      'reads Forwarded',
      ['loopback'],
      ['Forwarded: for=6.6.6.6, for="[2001:db8::1]:4711";proto=https'],
      '2001:db8::1',
      'forwarded',
    ],
    ['reads a header of one address', 1, ['X-Real-IP: 1.1.1.1'], '1.1.1.1', 'x-real-ip'],
    [
      'does not read Forwarded when the proxies write another',
      ['loopback'],
      ['Forwarded: for=6.6.6.6'],
      '127.0.0.1',
    ],
    [
      'is the whole header when anybody is believed, as in the article',
      true,
      ['X-Forwarded-For: 1.1.1.1, 2.2.2.2'],
      '1.1.1.1, 2.2.2.2',
    ],
    ['is the peer when anybody is believed and nobody says anything', true, [], '127.0.0.1'],
  ]

  it.each(cases)('%s', async (_title, trustProxy, headers, expected, proxyHeader) => {
    const options = { trustProxy, ...(proxyHeader === undefined ? {} : { proxyHeader }) }
    expect(await lineOf('%a', lastRequest('/', headers), options)).toBe(expected)
    expect(await lineOf('%{c}a', lastRequest('/', headers), options)).toBe('127.0.0.1')
  })

  it('reads a header that is made to take long in a time that grows with its length alone', async () => {
    const lines = new Lines()
    const options = { to: lines.to, trustProxy: 1, proxyHeader: 'forwarded' }
    const handler = withAccessLog((_req, res) => res.end('x'), '%a', options)
    const server = createServer({ maxHeaderSize: 200_000 }, handler).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const header = `Forwarded: for=${'\t'.repeat(100_000)}";for=1.1.1.1`
      await exchangeText((server.address() as AddressInfo).port, lastRequest('/', [header]))
      expect(await lines.one()).toBe('127.0.0.1')
    } finally {
      server.close()
    }
  })

  it('refuses networks that cannot be read', () => {
    for (const network of ['10.0.0.0/33', 'everyone', '10.0.0', '::1/129', '10.0.0.0/8/8', 'fe80::1%eth0']) {
      expect(() => accessLog('combined', { trustProxy: [network] })).toThrow(
        /option "trustProxy" is an array/,
      )
      expect(() => accessLog('combined', { trustProxy: network })).toThrow(
        `option "trustProxy" is ${JSON.stringify(network)}. Allowed: true or false, or a whole number from 1 to 64, or an address or network such as`,
      )
    }
  })
})

describe('functions of the application that fail', () => {
  it('leaves the token out and tells once', async () => {
    const onError = vi.fn()
    const lines = new Lines()
    const boom = new Error('boom')
    const token = (): string => {
      throw boom
    }
    const { port } = await serve(
      withAccessLog((_req, res) => res.end('x'), ':evil :method', {
        to: lines.to,
        tokens: { evil: token },
        onError,
      }),
    )
    await exchangeText(port, lastRequest('/'))
    await exchangeText(port, lastRequest('/'))
    await lines.wait(2)
    expect(lines.all).toEqual(['- GET', '- GET'])
    expect(onError.mock.calls).toEqual([[boom]])
  })

  it.each<[string, AccessLogOptions]>([
    [
      'skip',
      {
        skip: () => {
          throw new Error('skip')
        },
      },
    ],
    [
      'writeLog',
      {
        writeLog: () => {
          throw new Error('writeLog')
        },
      },
    ],
    [
      'level',
      {
        minLevel: 'info',
        level: () => {
          throw new Error('level')
        },
      },
    ],
    [
      'the function that takes lines',
      {
        to: () => {
          throw new Error('to')
        },
      },
    ],
  ])('goes on answering when %s throws', async (_title, options) => {
    const onError = vi.fn()
    const { port } = await serve(
      withAccessLog((_req, res) => res.end('fine'), 'tiny', { to: () => {}, ...options, onError }),
    )
    expect(await exchangeText(port, lastRequest('/'))).toContain('fine')
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1), 15_000)
  })

  it('refuses options and tokens of the wrong kind', () => {
    expect(() => accessLog('tiny', { tokens: { 'a b': () => '' } })).toThrow(/option "tokens"/)
    expect(() => accessLog('tiny', { sample: 2 })).toThrow(
      'option "sample" is 2. Allowed: a number from 0 to 1.',
    )
    expect(() => accessLog('tiny', { filter: { statuss: 404 } as object })).toThrow(/it has "statuss"/)
    expect(() => accessLog('tiny', { buffer: -1 })).toThrow(/option "buffer" is -1/)
    expect(() => accessLog('tiny', { to: process.stdout, stream: process.stdout })).toThrow(
      /two names for one thing/,
    )
    expect(() => accessLog('json', { schema: { a: 'methd' } })).toThrow(
      /Unknown field "methd"\. Did you mean "method"\?/,
    )
    expect(() => accessLog(7 as never)).toThrow(/the format is 7\. Allowed: combined, /)
  })
})
