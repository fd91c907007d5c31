import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger, htmlSink } from '../../src/logger.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/** A secret that only its name gives away. */
const WORD = 'hunter-two-by-name'

/** Secrets that their shape gives away, and the part that must stand nowhere. */
const SHAPES: readonly (readonly [shape: string, needle: string])[] = [
  [
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJKV1RORUVETEUifQ.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'JKV1RORUVETEU',
  ],
  ['sk_live_4eC39HqSTRIPENEEDLEjrtT1', 'STRIPENEEDLE'],
  ['ghp_16C7e42F292cGITHUBNEEDLE838347Ae178B', 'GITHUBNEEDLE'],
  ['AKIAIOSFAWSNEEDLE123', 'AWSNEEDLE'],
  ['xoxb-1234567890-SLACKNEEDLE12', 'SLACKNEEDLE'],
  ['postgres://ann:PGNEEDLE@db.local:5432/shop', 'PGNEEDLE'],
  ['Bearer BEARERNEEDLE/123456789=', 'BEARERNEEDLE'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIPEMNEEDLE\n-----END RSA PRIVATE KEY-----', 'PEMNEEDLE'],
  ['4242 4242 4242 4242', '4242 4242 4242'],
]
const NEEDLES = [WORD, ...SHAPES.map(([, needle]) => needle), 'SOURCETT', 'SOURCEt', 'SOURCEKEYLINE']

let app: AppProcess
let folder: string
let client: DebuggerClient

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  const env = {
    SECRETS: JSON.stringify({ shapes: SHAPES.map(([shape]) => shape), word: WORD }),
    LOG_FILE: join(folder, 'app.log'),
    ROCKSOLID_PIN: 'Tigerente-4711',
    APP_PASSWORD: WORD,
    DATABASE_URL: 'postgres://ann:PGNEEDLE@db.local/shop',
  }
  app = await startApp('secretive.mjs', { env })
  client = await openErrorPage(app.port, '/fail/0')
  await client.unlock({ pin: 'Tigerente-4711' })
})

afterAll(async () => {
  await app?.stop()
  rmSync(folder, { recursive: true })
})

/** Every way a secret could stand in a text. */
function expectNone(where: string, text: string): void {
  expect(text.length, where).toBeGreaterThan(20)
  const found = NEEDLES.filter((needle) => text.includes(needle))
  const places = found.map((needle) => {
    const at = text.indexOf(needle)
    return `${where}: …${text.slice(Math.max(0, at - 100), at + 40)}…`
  })
  expect(places).toEqual([])
}

const hostile = {
  authorization: `Bearer ${WORD}`,
  'proxy-authorization': WORD,
  'x-api-key': WORD,
  'x-session-token': WORD,
  cookie: `sid=${WORD}`,
  referer: `http://localhost/?token=${WORD}`,
}
const headersFor = (shape: string): Readonly<Record<string, string>> =>
  shape.includes('\n') ? hostile : { ...hostile, 'x-note': shape }
const pathFor = (number: number): string =>
  `/fail/${number}?access_token=${WORD}&note=${encodeURIComponent(SHAPES[number]?.[0] ?? '')}`

describe.each(SHAPES.map(([shape, needle], number) => [needle, shape, number] as const))(
  'of the shape of %s',
  (_needle, shape, number) => {
    it.each([
      ['the page', 'text/html'],
      ['JSON', 'application/json'],
      ['Markdown', 'text/markdown'],
      ['text', 'text/plain'],
    ])('stands not in %s', async (where, accept) => {
      const reply = await request({
        port: app.port,
        path: pathFor(number),
        headers: { ...headersFor(shape), accept },
      })
      expect(reply.status).toBe(500)
      expectNone(where, reply.body)
      expectNone(`headers of ${where}`, JSON.stringify(reply.headers))
    })

    it('stands not in what is copied, listed or reported', async () => {
      const reply = await request({
        port: app.port,
        path: pathFor(number),
        headers: { ...headersFor(shape), accept: 'text/html' },
      })
      const error = String(reply.headers['x-debug-url']).split('/').at(-1)
      for (const form of ['markdown', 'agent', 'text', 'json', 'curl', 'fetch']) {
        const copied = await client.post('copy', { error, form })
        expect(copied.status).toBe(200)
        expectNone(form, copied.body)
      }
      for (const action of ['report', 'frames', 'errors'])
        expectNone(action, (await client.post(action, { error })).body)
      expectNone('list', (await request({ port: app.port, path: '/__rocksolid/' })).body)
    })

    it('stands not in what a console shows', async () => {
      const quoted = JSON.stringify(shape)
      for (const code of [
        'config',
        'harmless',
        'error',
        'req.headers',
        'process.env',
        `({ value: ${quoted}, [${quoted}]: 1 })`,
        quoted,
        `new Map([[${quoted}, ${quoted}]])`,
        `new Error(${quoted})`,
        `throw new Error(${quoted})`,
        `throw ${quoted}`,
        `console.log(${quoted}); console.error({ password: '${WORD}' })`,
        'dump()',
        'dump(config)',
        `Promise.reject(new Error(${quoted})); await new Promise((resolve) => setTimeout(resolve, 5))`,
      ]) {
        const reply = await client.post('evaluate', { error: client.data.error, frame: '0.0', code })
        expect([code, reply.status]).toEqual([code, 200])
        expectNone(code, reply.body)
      }
    })
  },
)

it('a thrown text is masked too', async () => {
  for (const accept of ['text/html', 'application/json', 'text/markdown', 'text/plain'])
    expectNone(accept, (await request({ port: app.port, path: '/string', headers: { accept } })).body)
})

it('neither the terminal nor the log file holds one, but what the application itself has printed', async () => {
  await app.printed(/PaymentError/)
  // The echo of what is typed in a console included.
  const own = app
    .stderr()
    .split('\n')
    .filter((line) => !/^printed |^\{ password|^Authorization/.test(line))
  expectNone('terminal', own.join('\n'))
  const log = readFileSync(join(folder, 'app.log'), 'utf8').split('\n')
  expectNone('log', log.filter((line) => !line.includes('ERROR { password')).join('\n'))
  expect(app.stderr()).not.toContain('#unlock=undefined')
})

it('no HTML file holds one', async () => {
  const files = join(folder, 'html')
  const logger = createLogger({ sinks: [htmlSink(files)] })
  for (const [shape] of SHAPES) {
    const error = new Error(`failed with ${shape} and password=${WORD}`, { cause: shape })
    logger.error(
      Object.assign(error, { password: WORD, note: shape, [`by ${shape}`]: { apiKey: WORD } }),
      shape,
    )
    await logger.flush()
  }
  const names = readdirSync(files)
  expect(names.length).toBe(SHAPES.length)
  for (const name of names) expectNone(name, readFileSync(join(files, name), 'utf8'))
  await logger.close()
})
