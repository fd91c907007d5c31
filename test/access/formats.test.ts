import { createServer } from 'node:http'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { type AccessLogOptions, accessLog, FormatError, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, serve } from './support.ts'

const HEADERS = [
  'User-Agent: curl/8',
  'Referer: http://a.test/from',
  'Cookie: theme=dark; SID=secret1',
  `Authorization: Basic ${Buffer.from('frank:pw').toString('base64')}`,
  'X-Request-Id: r-1',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
]

/** The line of one request: `GET /user/7?tab=posts&n=1`, answered with 404 and five bytes by an Express route. */
async function lineOf(format: string, options: AccessLogOptions = {}): Promise<string> {
  const lines = new Lines()
  const app = express().disable('x-powered-by').disable('etag')
  app.use(accessLog(format, { ...options, to: lines.to }))
  app.get('/user/:id', function showUser(_req, res) {
    res.locals.plan = 'free'
    res.status(404).type('text/plain').set('X-Two', 'a').append('X-Two', 'b').send('hello')
  })
  const { port } = await listening(createServer(app))
  await exchangeText(port, lastRequest('/user/7?tab=posts&n=1', HEADERS))
  return lines.one()
}

const CLF = String.raw`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`

const exact = (text: string): RegExp => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

describe('Apache', () => {
  it.each<[string, RegExp | string]>([
    [
      'combined',
      new RegExp(
        String.raw`^127\.0\.0\.1 - frank \[${CLF}\] "GET /user/7\?tab=posts&n=1 HTTP/1\.1" 404 5 "http://a\.test/from" "curl/8"$`,
      ),
    ],
    [
      'common',
      new RegExp(String.raw`^127\.0\.0\.1 - frank \[${CLF}\] "GET /user/7\?tab=posts&n=1 HTTP/1\.1" 404 5$`),
    ],
    ['vhost_combined', /^test:\d+ 127\.0\.0\.1 - frank \[.*\] "GET .*" 404 \d{3} "http:.*" "curl\/8"$/],
    ['combinedio', /"curl\/8" \d{3} \d{3}$/],
    ['referer', 'http://a.test/from -> /user/7'],
    ['agent', 'curl/8'],
    ['%m %U%q %H %>s %<s %s', 'GET /user/7?tab=posts&n=1 HTTP/1.1 404 404 404'],
    ['%{Cookie}i %{theme}C %{THEME}C %{sid}C %{none}C', 'REDACTED dark dark REDACTED -'],
    [
      '%400,501{User-agent}i|%404{User-agent}i|%!200,304,302{Referer}i|%!404{Referer}i',
      '-|curl/8|http://a.test/from|-',
    ],
    ['%{plan}n %{none}n', 'free -'],
    ['%R %f', /^showUser \S+$/],
    ['%{Content-Type}o %{X-Two}o %{x-two}o', 'text/plain a, b a, b'],
    ['%L', 'r-1'],
    ['%p %{canonical}p %{local}p', /^(\d+) \1 \1$/],
    ['%{remote}p %P %{tid}P', /^\d+ \d+ \d+$/],
    ['%a %h %{c}a %{c}h', '127.0.0.1 127.0.0.1 127.0.0.1 127.0.0.1'],
    ['%v %V %X %k', 'test test - 0'],
    ['%t %{begin:%Y}t %{%H:%M}t', new RegExp(`^\\[${CLF}\\] \\d{4} \\d\\d:\\d\\d$`)],
    ['%{sec}t %{msec}t %{usec}t', /^\d{10} \d{13} \d{16}$/],
    ['%{end:msec_frac}t %{end:usec_frac}t', /^\d{3} \d{6}$/],
    ['%T %{s}T %{ms}T %{us}T %D %^FB', /^0 0 \d{1,3} \d{2,6} \d{2,6} \d{2,6}$/],
    ['100%% %m\\t\\n\\"x\\"', '100% GET\t\n"x"'],
    ['%{outcome}x %{route}x %{SSL_PROTOCOL}x %{HTTPS}e %{req[user-agent]}x', 'ok /user/:id - - curl/8'],
  ])('%s', async (format, expected) => {
    expect(await lineOf(format)).toMatch(typeof expected === 'string' ? exact(expected) : expected)
  })

  it('finds a header in whatever letter case it came, and none that only looks like it', async () => {
    const lines = new Lines()
    const { port } = await serve(
      withAccessLog((_req, res) => void res.end(), '%{user-agent}i|%{X-Two}i|%{_odd}i|%{x_two}i', {
        to: lines.to,
      }),
    )
    const headers = ['uSER-aGENT: one', 'user-agEnd: no', 'x-TWO: a', 'X-Two: b', '_ODD: c', 'Y-Two: no']
    await exchangeText(port, lastRequest('/', headers))
    expect(await lines.one()).toBe('one|a, b|c|-')
  })

  it('writes "-" for no bytes, 0 where it is asked for, and "" for an empty user', async () => {
    const lines = new Lines()
    const { port } = await serve(withAccessLog((_req, res) => res.end(), '%b %B %u', { to: lines.to }))
    await exchangeText(port, lastRequest('/', [`Authorization: Basic ${btoa(':x')}`]))
    expect(await lines.one()).toBe('- 0 ""')
  })
})

describe('Python', () => {
  it.each<[string, string | RegExp]>([
    [
      'translogger',
      /^127\.0\.0\.1 - frank \[.*\] "GET \/user\/7\?tab=posts&n=1 HTTP\/1\.1" 404 5 "http:\/\/a\.test\/from" "curl\/8"$/,
    ],
    [
      '%(REQUEST_METHOD)-8s|%(status)5d|%(status)05d|%(status)x|%(status)#X',
      'GET     |  404|00404|194|0X194',
    ],
    [
      '%(REQUEST_URI).5s|%(HTTP_USER_AGENT)10.4s|%(status).1f|%(status)+d|%(status)e',
      '/user|      curl|404.0|+404|4.040000e+02',
    ],
    ['%(HTTP_USER_AGENT)r %(HTTP_X_REQUEST_ID)s %(HTTP_NONE)s %(HTTP_NONE)5s', "'curl/8' r-1 -     -"],
    [
      '%(QUERY_STRING)s %(PATH_INFO)s [%(SCRIPT_NAME)s] %(SERVER_NAME)s %(SERVER_PROTOCOL)s %(wsgi.url_scheme)s',
      'tab=posts&n=1 /user/7 [] test HTTP/1.1 http',
    ],
    ['%(REMOTE_PORT)s %(SERVER_PORT)s %(AUTH_TYPE)s %(UNIQUE_ID)s 100%%', /^\d+ \d+ Basic r-1 100%$/],
    ['%(outcome)s %(route)s %(arg[tab])s %(cookie[theme])s', 'ok /user/:id posts dark'],
    ['{"status": %(status)d, "url": "%(url)s"}', '{"status": 404, "url": "/user/7?tab=posts&n=1"}'],
  ])('%s', async (format, expected) => {
    expect(await lineOf(format)).toMatch(typeof expected === 'string' ? exact(expected) : expected)
  })

  it('reads gunicorn’s atoms under their own name', async () => {
    const format =
      '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(p)s %({X-Request-Id}i)s %({x-two}o)s %({REQUEST_METHOD}e)s'
    expect(await lineOf(format, { syntax: 'gunicorn' })).toMatch(
      new RegExp(
        String.raw`^127\.0\.0\.1 - frank \[${CLF}\] "GET \S+ HTTP/1\.1" 404 5 "http://a\.test/from" "curl/8" <\d+> r-1 a, b GET$`,
      ),
    )
    expect(await lineOf('%(U)s %(q)s %(T)s %(L)s %(H)s %(m)s', { syntax: 'gunicorn' })).toMatch(
      /^\/user\/7 tab=posts&n=1 0 0\.\d{6} HTTP\/1\.1 GET$/,
    )
  })
})

describe('morgan and nginx', () => {
  it.each<[string, string | RegExp]>([
    ['tiny', /^GET \/user\/7\?tab=posts&n=1 404 5 - \d+\.\d{3} ms$/],
    ['short', /^127\.0\.0\.1 frank GET \S+ HTTP\/1\.1 404 5 - \d+\.\d{3} ms$/],
    ['default', /^127\.0\.0\.1 - frank \[\w{3}, .* GMT\] "GET /],
    [
      ':req[x-request-id] :res[x-two] :trace-id ::status :total-time[0]',
      /^r-1 a, b 0af7651916cd43dd8448eb211c80319c :status \d+$/,
    ],
    [
      '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
      new RegExp(
        String.raw`^127\.0\.0\.1 - frank \[${CLF}\] "GET \S+ HTTP/1\.1" 404 5 "http://a\.test/from" "curl/8"$`,
      ),
    ],
    [
      '${uri}$is_args$args|$request_uri|$host|$http_host',
      '/user/7?tab=posts&n=1|/user/7?tab=posts&n=1|test|test',
    ],
    [
      '$request_time $msec $time_iso8601',
      /^0\.\d{3} \d{10}\.\d{3} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/,
    ],
    ['$arg_tab $arg_none $cookie_theme $sent_http_x_two $pipe $connection_requests', 'posts - dark a, b . 1'],
    [
      '$upstream_response_time $request_completion $https|$ssl_protocol $scheme $route',
      '- OK |- http /user/:id',
    ],
    ['$request_length $bytes_sent $request_id $pid $hostname', /^\d{3} \d{3} r-1 \d+ \S+$/],
  ])('%s', async (format, expected) => {
    expect(await lineOf(format)).toMatch(typeof expected === 'string' ? exact(expected) : expected)
  })
})

describe('a format that cannot be read', () => {
  it.each<[string, string | RegExp]>([
    [
      ':methd :url',
      'Unknown token ":methd". Did you mean ":method"? For a literal colon write "::". All tokens: docs/reference/tokens.md.\n  :methd :url\n  ^',
    ],
    [
      'at 12:30 :method',
      'Unknown token ":30". For a literal colon write "::". All tokens: docs/reference/tokens.md.\n  at 12:30 :method\n       ^',
    ],
    ['%h %{', 'This "{" has no "}".\n  %h %{\n      ^'],
    [
      '%h %z',
      'Unknown directive "%z". All directives: docs/reference/tokens.md. A percent sign is written "%%".\n  %h %z\n      ^',
    ],
    ['%h %', 'The format ends inside this item.\n  %h %\n     ^'],
    [
      '%h %i',
      '"%i" has nothing for its argument. Allowed: a name in braces, such as {Name}.\n  %h %i\n     ^',
    ],
    [
      '%h %{weeks}T',
      '"%T" has "{weeks}" for its argument. Allowed: {s}, {ms}, {us}.\n  %h %{weeks}T\n     ^',
    ],
    [
      '%(status)',
      'The format ends before this item says how to print, such as "%(status)s".\n  %(status)\n  ^',
    ],
    ['%(status', 'This "(" has no ")".\n  %(status\n   ^'],
    [
      '%(status)q',
      'Unknown conversion "q". Allowed: d i o u x X e E f F g G s r a.\n  %(status)q\n           ^',
    ],
    [
      '$status $remote_adr',
      'Unknown field "remote_adr". Did you mean "remote_addr"? All fields: docs/reference/tokens.md.\n  $status $remote_adr\n          ^',
    ],
    [
      '$status $gzip_ratio',
      '"$gzip_ratio" cannot be known: what compresses the response does not tell how long it was before; "$body_bytes_sent" is after.\n  $status $gzip_ratio\n          ^',
    ],
    [
      '$tcpinfo_rtt $status',
      '"$tcpinfo_rtt" cannot be known: Node has no way to ask the system about a TCP connection.\n  $tcpinfo_rtt $status\n  ^',
    ],
    ['$status $', 'A "$" must begin a variable: "$status", or "$" and "{status}".\n  $status $\n          ^'],
    [
      ':total-time[many]',
      '"total-time" cannot take "many". Allowed: a number of digits from 0 to 20.\n  :total-time[many]\n  ^',
    ],
    [':req', '"req" needs an argument: name of the header, in any letter case.\n  :req\n  ^'],
    [
      'combined_log',
      /^Unknown format "combined_log"\. Did you mean "combinedio"\? Allowed: combined, common, /,
    ],
    [
      '%(status)s %(h)s',
      '"h" is a name of gunicorn\'s. Give the option syntax: "gunicorn".\n  %(status)s %(h)s\n             ^',
    ],
    ['no field at all', /^This format names no field\. Allowed: combined, /],
    [
      ':method %s',
      'This can be read as morgan and as apache. Say which with the option syntax: "morgan" or "apache".\n  :method %s\n          ^',
    ],
  ])('%s', (format, expected) => {
    const make = (): unknown => accessLog(format, { to: () => {} })
    expect(make).toThrow(FormatError)
    expect(make).toThrow(typeof expected === 'string' ? exact(expected) : expected)
  })

  it('is read one way when the syntax is said', async () => {
    expect(await lineOf(':method %s', { syntax: 'morgan' })).toBe('GET %s')
    expect(await lineOf(':method %s', { syntax: 'apache' })).toBe(':method 404')
  })

  it('is not confused by what stands in braces', async () => {
    expect(await lineOf('%m %{end:status}t')).toBe('GET status')
  })
})
