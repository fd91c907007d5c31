import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReport } from '../../../src/report/build-report.ts'
import { PROVIDERS } from '../../../src/report/hints/providers.ts'
import type { Hint } from '../../../src/report/report.ts'
import { cpuMs } from '../../support/growth.ts'
import { thrownBy } from '../typical-errors.ts'

/** Names of the providers that have given a hint in these tests. */
const given = new Set<string>()

async function hintFor(error: unknown): Promise<Hint> {
  const { hints } = await buildReport(error)
  const [first] = hints ?? []
  if (first === undefined) throw new Error('no hint was given')
  given.add(first.name)
  return first
}

const faults = async (): Promise<Record<string, () => unknown>> =>
  (await import(new URL('../shop/faults.mjs', import.meta.url).href)) as Record<string, () => unknown>

const withCode = (code: string, message: string, properties: object = {}): Error =>
  Object.assign(new Error(message), { code }, properties)

const refusing = (port: number, host: string): Promise<unknown> =>
  new Promise((resolve) => connect(port, host).on('error', resolve))

describe('hints about names and values', () => {
  it.each([
    ['misspelt', '`custmer` is not defined. Did you mean `customer`?', ''],
    ['notIn', '`in` was asked of something that is no object, for `x`.', '`text`'],
    ['memberOfUndefined', '`user` is `undefined`, so it has no `name`.', 'line 13'],
    [
      'deepMember',
      '`order.customer` is `null`, so it has no `address`.',
      '`order` got its value on line 18: `{ customer: null }`.',
    ],
    [
      'oneLine',
      '`found` is `undefined`, so it has no `length`.',
      "got its value on line 116: `new Map([[key, 'x,y)']]).get('none')`. Check",
    ],
    [
      'memberOfAnswer',
      '`prices.get(name.trim())` is `undefined`, so it has no `net`.',
      'Check `prices.get(name.trim())` before',
    ],
    ['notFunction', '`basket.total` is not a function.', ''],
    ['notArray', '`items` is no array.', 'Object.values'],
    ['tooEarly', '`later` is used above the line that declares it.', ''],
    ['constant', '`count` is a `const`.', 'let'],
    ['notIterable', '`prices` is not iterable.', ''],
    ['notConstructor', '`Shop` cannot be made with `new`.', ''],
    ['withoutNew', '`Basket` is a class.', 'new Basket'],
    ['foreignPrivate', '`#items` is reached through an object that was not made by its class.', 'bind'],
    ['frozen', '`debug` cannot be changed: its object is frozen or the property is read-only.', 'copy'],
    ['noBody', '`req.body` is `undefined`: nothing has read the body.', 'express.json()'],
    ['noEnvironment', 'The variable `SHOP_TOKEN_OF_NOWHERE` is not set in the environment.', '--env-file'],
    ['answersTwice', 'The request is answered twice.', 'Line 87 answers already'],
    ['endless', '`endless` (line 107) calls itself without end.', 'condition'],
  ])('%s', async (name, title, text) => {
    const hint = await hintFor(await thrownBy((await faults())[name] as () => unknown))
    expect(hint.title).toBe(title)
    expect(hint.text).toContain(text)
  })

  it('a name of CommonJS in an ES module', async () => {
    const hint = await hintFor(new ReferenceError('__dirname is not defined'))
    expect(hint.title).toBe('`__dirname` does not exist in ES modules.')
    expect(hint.text).toContain('import.meta.dirname')
  })

  it('a misspelt name comes with the corrected line', async () => {
    const hint = await hintFor(await thrownBy((await faults()).misspelt as () => unknown))
    expect(hint.change).toMatchObject({
      line: 5,
      before: '  return custmer.name + customer.name',
      after: '  return customer.name + customer.name',
    })
  })

  it('values of the failing line are part of the proof', async () => {
    const error = await thrownBy((await faults()).notFunction as () => unknown)
    const value = { type: 'number', text: '5' } as const
    const valuesOf = () => [[{ key: 'basket.total', kind: 'property', value } as const]]
    const { hints } = await buildReport(error, { valuesOf })
    expect(hints?.[0]?.text).toContain('It is 5.')
  })
})

it.each([
  ['return order.item!.price', '`order.item` is `undefined`, so it has no `price`.'],
  ['return rows[0]![1]!.price', '`rows[0][1]` is `undefined`, so it has no `price`.'],
  ['return !find(order)!.price', '`find(order)` is `undefined`, so it has no `price`.'],
])('names what TypeScript was told is there: %s', async (line, title) => {
  const home = await mkdtemp(join(import.meta.dirname, 'written-'))
  try {
    const file = join(home, 'order.ts')
    await writeFile(file, `${line}\n`)
    const error = new TypeError("Cannot read properties of undefined (reading 'price')")
    error.stack = `${error}\n    at price (${file}:1:${line.indexOf('price') + 1})`
    expect((await hintFor(error)).title).toBe(title)
  } finally {
    await rm(home, { recursive: true })
  }
})

describe('hints about modules', () => {
  const shop = new URL('../shop/', import.meta.url)
  const load = (name: string): Promise<unknown> => thrownBy(() => import(/* @vite-ignore */ name))
  const notFound = (name: string, from = new URL('shop.mjs', shop).pathname): Error =>
    withCode(
      'ERR_MODULE_NOT_FOUND',
      `Cannot find ${/^[./]/.test(name) ? 'module' : 'package'} '${name}' imported from ${from}`,
    )

  it.each([
    [notFound(new URL('userz.mjs', shop).pathname), 'Did you mean `users.mjs`?', '', undefined],
    [notFound(new URL('users', shop).pathname), 'ES modules need the extension.', 'users.mjs', undefined],
    [notFound(new URL('../shop', shop).pathname), '`shop` is a folder.', 'shop/index.js', undefined],
    [
      notFound(new URL('nowhere/x.mjs', shop).pathname),
      'There is no file',
      'does not exist either',
      undefined,
    ],
    [notFound('/etc/shadw'), 'There is no file', 'Check the path.', undefined],
    [notFound('expres'), 'is not installed. Did you mean `express`?', '', undefined],
    [
      notFound('@no-such-scope/no-such-package/deep'),
      '`@no-such-scope/no-such-package` is not installed.',
      'not in package.json',
      'npm install @no-such-scope/no-such-package',
    ],
    [notFound('no-such; rm -rf'), 'is not installed.', '', undefined],
    [notFound('--global'), 'is not installed.', '', undefined],
    [notFound('@no-such-scope/..'), 'is not installed.', '', undefined],
    [notFound('@../no-such-package'), 'is not installed.', '', undefined],
    // A text of somebody else, which the application passes on as its message.
    [new Error("Cannot find package 'no-such-evil-package'"), 'is not installed.', '', undefined],
    [
      withCode('ERR_UNKNOWN_BUILTIN_MODULE', "Cannot find module 'node:fss'"),
      'Node.js has no module `node:fss`.',
      '`node:fs`',
      undefined,
    ],
    [
      withCode('ERR_REQUIRE_ESM', 'require() of ES Module x not supported'),
      'An ES module was loaded with `require`.',
      'import(',
      undefined,
    ],
    [
      new SyntaxError(
        "Named export 'a' not found. The requested module 'b' is a CommonJS module, which may not support",
      ),
      '`b` is CommonJS, and its `a` cannot be seen',
      '',
      undefined,
    ],
    [
      new SyntaxError("The requested module './x.mjs' does not provide an export named 'y'"),
      '`./x.mjs` has no export named `y`.',
      'import type',
      undefined,
    ],
    [
      new SyntaxError('Cannot use import statement outside a module'),
      'is read as CommonJS',
      '"type": "module"',
      undefined,
    ],
    [new SyntaxError("Unexpected token 'export'"), 'is read as CommonJS', '.mjs', undefined],
    [
      withCode('ERR_PACKAGE_PATH_NOT_EXPORTED', 'Package subpath'),
      'does not export this path',
      '"exports"',
      undefined,
    ],
    [
      withCode('ERR_UNKNOWN_FILE_EXTENSION', 'Unknown file extension ".ts" for /x.ts'),
      'does not run `.ts` files',
      'tsx',
      undefined,
    ],
    [
      withCode('ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'TypeScript enum is not supported in strip-only mode'),
      'only leaves types out',
      'tsx',
      'npm install --save-dev tsx',
    ],
    [
      withCode('ERR_IMPORT_ATTRIBUTE_MISSING', 'Module "x.json" needs an import attribute of "type: json"'),
      'JSON is imported',
      "with { type: 'json' }",
      undefined,
    ],
    [
      withCode(
        'ERR_DLOPEN_FAILED',
        'was compiled against a different Node.js version using\nNODE_MODULE_VERSION 108.',
      ),
      'module version 108',
      'npm rebuild',
      undefined,
    ],
  ])('%s', async (error, title, text, command) => {
    const hint = await hintFor(error)
    expect(hint.title).toContain(title)
    expect(hint.text).toContain(text)
    expect(hint.command).toBe(command)
  })

  it('a real import of a package that is not there', async () => {
    const hint = await hintFor(await load('no-such-package-at-all'))
    expect(hint.title).toContain('no-such-package-at-all')
  })
})

describe('hints about the system', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(process.cwd(), '.artifacts-hints-')))
    await writeFile(join(folder, 'prices.csv'), '')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('a port in use tells who holds it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const second: Server = createServer()
    const error = await new Promise((resolve) => second.once('error', resolve).listen(port, '127.0.0.1'))
    const hint = await hintFor(error)
    expect(hint.title).toContain(`listens on port ${port} already.`)
    if (process.platform === 'linux') expect(hint.text).toContain('this very process')
    server.close()
  })

  it.runIf(process.platform === 'linux')(
    'a port that another process holds comes with the process',
    async () => {
      const code =
        "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))"
      const child = spawn(process.execPath, ['--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] })
      try {
        const [port] = (await once(child.stdout, 'data')) as [Buffer]
        const error = await new Promise((resolve) =>
          createServer()
            .once('error', resolve)
            .listen(Number(String(port)), '127.0.0.1'),
        )
        const hint = await hintFor(error)
        expect(hint.title).toContain(`(process ${child.pid})`)
        expect(hint.command).toBe(`kill ${child.pid}`)
      } finally {
        child.kill()
      }
    },
  )

  it('a refused connection tells what usually listens there', async () => {
    const error = await refusing(1, '127.0.0.1')
    expect((await hintFor(error)).title).toBe('Nothing listens on port 1 of 127.0.0.1.')
    const store = withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:6379', { port: 6379, address: '::1' })
    expect((await hintFor(store)).text).toContain('Redis')
  })

  it('a missing file tells of the near one, but only inside the project', async () => {
    const near = await hintFor(await thrownBy(() => readFile(join(folder, 'price.csv'))))
    expect(near.title).toContain('Did you mean `prices.csv`?')
    const outside = await hintFor(await thrownBy(() => readFile('/etc/passwdd')))
    expect(outside.title).toBe('There is no `/etc/passwdd`.')
    expect(outside.text).not.toContain('passwd`')
    const relative = await hintFor(await thrownBy(() => readFile('nowhere/at/all.txt')))
    expect(relative.text).toContain('working directory')
  })

  it('a missing program is told apart from a missing file', async () => {
    const program = ['no', 'such', 'program'].join('-')
    const error = await new Promise((resolve) => spawn(program).on('error', resolve))
    expect((await hintFor(error)).title).toBe('There is no program `no-such-program`.')
  })

  it.each([
    [
      withCode('EACCES', 'listen EACCES: permission denied 0.0.0.0:80', { syscall: 'listen', port: 80 }),
      'Port 80 is reserved',
    ],
    [withCode('EACCES', "open '/root/x'", { path: '/root/x' }), 'may not use `/root/x`'],
    [
      withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND dbb', { hostname: 'dbb' }),
      'No address is known for `dbb`.',
    ],
    [withCode('ECONNRESET', 'read ECONNRESET'), 'closed the connection'],
    [withCode('ETIMEDOUT', 'connect ETIMEDOUT'), 'did not answer in time'],
    [withCode('EISDIR', 'illegal operation on a directory, read'), 'A folder was used as a file.'],
    [withCode('ENOTDIR', 'not a directory'), 'A file stands where a folder'],
    [withCode('EEXIST', 'file already exists'), 'It exists already.'],
    [withCode('EMFILE', 'too many open files'), 'Too many files are open'],
    [withCode('ENOSPC', 'no space left'), 'The disk is full'],
    [
      withCode('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate'),
      'signed by nobody this process trusts',
    ],
    [withCode('CERT_HAS_EXPIRED', 'certificate has expired'), 'has expired'],
    [
      withCode('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"),
      'for another name',
    ],
  ])('%s', async (error, title) => {
    expect((await hintFor(error)).title).toContain(title)
  })
})

describe('hints about requests', () => {
  it.each([
    [
      new TypeError('fetch failed', { cause: withCode('UND_ERR_SOCKET', 'other side closed') }),
      'failed with UND_ERR_SOCKET',
    ],
    [withCode('ERR_INVALID_CHAR', 'Invalid character in header content ["x"]'), 'A header holds a character'],
    [
      withCode('ERR_HTTP_INVALID_HEADER_VALUE', 'Invalid value "undefined" for header "x"'),
      'set to `undefined`',
    ],
    [withCode('ERR_STREAM_WRITE_AFTER_END', 'write after end'), 'after the stream was ended'],
    [withCode('ERR_INVALID_ARG_TYPE', 'The "chunk" argument must be of type string'), 'Only text and bytes'],
    [new TypeError('Body is unusable: Body has already been read'), 'The body is read twice.'],
    [
      Object.assign(new Error('request entity too large'), { limit: 102400 }),
      'larger than the parser allows (102400 bytes)',
    ],
    [
      new TypeError('Missing parameter name at 1: https://git.new/pathToRegexpError'),
      'The path of a route cannot be read.',
    ],
  ])('%s', async (error, title) => {
    expect((await hintFor(error)).title).toContain(title)
  })

  it('a path that no route takes tells of the routes that are near', async () => {
    const req = { method: 'GET', url: '/usres/7?a=1', headers: {} } as IncomingMessage
    const routes = [
      'GET /',
      'POST /users/:id',
      'GET /users/:id',
      'GET /users/:id/posts',
      'GET /goods',
      'GET /:any',
    ]
    const error = Object.assign(new Error('Not Found'), { status: 404 })
    const { hints } = await buildReport(error, { req, routes })
    expect(hints?.[0]).toMatchObject({
      name: 'near-route',
      title: 'No route takes `GET /usres/7`.',
      text: 'Near: `GET /users/:id`, `POST /users/:id`, `GET /users/:id/posts`.',
    })
    given.add('near-route')
    const none = await buildReport(error, { req, routes: ['GET /goods'] })
    expect(none.hints ?? []).toEqual([])
  })

  it('a URL that is none', async () => {
    expect((await hintFor(await thrownBy(() => new URL('/only/a/path')))).text).toContain('needs a base')
    expect((await hintFor(await thrownBy(() => new URL('example.com')))).text).toContain('https://')
  })
})

describe('hints about data', () => {
  const broken = '('
  const circular: Record<string, unknown> = {}
  circular.self = { back: circular }

  it.each<[string, () => unknown, string, string]>([
    ['broken JSON', () => JSON.parse('{"name": "Ann", "age": }'), 'The text is not JSON.', '^'],
    ['HTML for JSON', () => JSON.parse('<!doctype html><p>'), 'The text is HTML, not JSON.', 'error page'],
    ['an object for JSON', () => JSON.parse(String({})), 'An object was turned into text', 'JSON.stringify'],
    ['JSON cut off', () => JSON.parse('{"a":'), 'The text ends too early.', 'awaited'],
    [
      'a circle',
      () => JSON.stringify(circular),
      'An object of class `Object` holds itself by `back`.',
      'toJSON',
    ],
    ['a BigInt in JSON', () => JSON.stringify(1n), 'JSON has no BigInt.', 'String(value)'],
    [
      'a BigInt with a number',
      () => (1n as unknown as number) + 1,
      'A BigInt and a number were combined.',
      'BigInt(n)',
    ],
    ['a date that is none', () => new Date('x').toISOString(), 'The date is none', 'isNaN'],
    ['a broken URL', () => decodeURIComponent('%'), 'The text holds a `%`', '400'],
    ['a broken length', () => new Array(-1), 'The length is negative', 'NaN'],
    ['a string too long', () => 'x'.repeat(2 ** 29), 'longer than a string can be', 'streams'],
    ['a broken expression', () => new RegExp(broken), 'The regular expression cannot be read.', 'escaped'],
  ])('%s', async (_name, action, title, text) => {
    const hint = await hintFor(await thrownBy(action))
    expect(hint.title).toContain(title)
    expect(hint.text).toContain(text)
  })

  it('the caret stands under the character that JSON does not allow', async () => {
    const lines = (await hintFor(await thrownBy(() => JSON.parse('{"a": }')))).text.split('\n')
    expect(lines.at(-2)?.[lines.at(-1)?.indexOf('^') ?? 0]).toBe('}')
  })

  it('a conflict of a merge that was left in a file', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'merge-')))
    await writeFile(
      join(folder, 'x.cjs'),
      'const a = 1\n<<<<<<< HEAD\nconst b = 1\n=======\nconst b = 2\n>>>>>>> other\n',
    )
    const { createRequire } = await import('node:module')
    const error = await thrownBy(() => createRequire(import.meta.url)(join(folder, 'x.cjs')))
    const { hints } = await buildReport(error, { roots: [folder] })
    expect(hints?.[0]?.title).toBe('A conflict of a merge was not resolved, line 2.')
    given.add(hints?.[0]?.name ?? '')
    await rm(folder, { recursive: true })
  })

  it('something thrown that is no error', async () => {
    expect((await hintFor('oh no')).title).toBe('A value of type `string` was thrown, which is no error.')
  })
})

describe('hints about databases', () => {
  it.each([
    [withCode('42P01', 'relation "ordrs" does not exist'), 'The table `ordrs` does not exist.'],
    [withCode('SQLITE_ERROR', 'no such table: ordrs'), 'The table `ordrs` does not exist.'],
    [
      withCode('ER_NO_SUCH_TABLE', "Table 'shop.ordrs' doesn't exist"),
      'The table `shop.ordrs` does not exist.',
    ],
    [
      withCode('42703', 'column "nam" does not exist', { hint: 'Perhaps you meant "name".' }),
      'The column `nam` does not exist.',
    ],
    [
      withCode('23505', 'duplicate key value', { constraint: 'users_email' }),
      'exists already (`users_email`).',
    ],
    [withCode('23503', 'violates foreign key constraint'), 'points to one that is not there'],
    [withCode('23502', 'null value in column', { column: 'email' }), 'The column `email` must have a value.'],
    [withCode('28P01', 'password authentication failed'), 'refused user or password'],
    [withCode('3D000', 'database "x" does not exist'), 'no database of this name'],
    [withCode('53300', 'too many clients already'), 'no connection left'],
    [withCode('SQLITE_BUSY', 'database is locked'), 'Another connection is writing'],
    [withCode('40P01', 'deadlock detected'), 'waited for each other'],
  ])('%s', async (error, title) => {
    expect((await hintFor(error)).title).toContain(title)
  })
})

describe('the providers', () => {
  it('are at least thirty, each with a name of its own, and each has given a hint above', () => {
    const names = PROVIDERS.map((provider) => provider.name)
    expect(names.length).toBeGreaterThanOrEqual(30)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !given.has(name))).toEqual([])
  })

  it('may be given by the caller, and come first', async () => {
    const own = { name: 'own', match: () => ({ title: 'Own.', text: 'Own hint.' }) }
    const { hints } = await buildReport(new TypeError('x is not a function'), { hints: [own] })
    expect(hints?.map((hint) => hint.name)).toEqual(['own', 'not-a-function'])
  })

  it('that fail, or never answer, are passed over', async () => {
    const broken = [
      {
        name: 'throws',
        match: () => {
          throw new Error('broken')
        },
      },
      { name: 'rejects', match: () => Promise.reject(new Error('broken')) },
      { name: 'hangs', match: () => new Promise<never>(() => {}) },
    ]
    const started = performance.now()
    const { hints } = await buildReport(new TypeError('x is not a function'), { hints: broken })
    expect(hints?.map((hint) => hint.name)).toEqual(['not-a-function'])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('take no more than a moment for hostile messages', async () => {
    const texts = [
      'a.'.repeat(8000),
      "'".repeat(16_000),
      '`'.repeat(16_000),
      'Cannot find module '.repeat(800),
      '"x" '.repeat(4000),
    ]
    const starts = [
      '',
      'Unexpected token',
      'Cannot read properties of undefined (reading',
      'relation "',
      "Cannot find module '",
      'Converting circular structure to JSON',
    ]
    for (const text of texts) {
      for (const start of starts) {
        const took = await cpuMs(() => buildReport(new SyntaxError(`${start}${text}`), { roots: [] }))
        expect(took).toBeLessThan(500)
      }
    }
  })
})
