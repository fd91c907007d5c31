import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import type { Report } from '../../src/report/report.ts'
import { failureOf, thrownBy } from './typical-errors.ts'

/** Relation, parent and message of each error, on a line. */
const chain = async (error: unknown): Promise<string[]> =>
  (await buildReport(error, { roots: [] })).errors.map(
    ({ relation, parent, message, member }) =>
      `${parent ?? '-'} ${relation}${member ? ` ${member.number}/${member.of}` : ''} ${message}`,
  )

describe('the chain', () => {
  it('goes depth first through causes and members', async () => {
    const first = new Error('first', { cause: new Error('under first') })
    const both = new AggregateError([first, new Error('second')], 'both', {
      cause: new Error('cause of both'),
    })
    expect(await chain(new Error('outer', { cause: both }))).toEqual([
      '- reported outer',
      '0 cause both',
      '1 cause cause of both',
      '1 member 1/2 first',
      '3 cause under first',
      '1 member 2/2 second',
    ])
  })

  it('knows what was suppressed', async () => {
    const error = Object.assign(new Error('both failed'), {
      name: 'SuppressedError',
      error: new Error('in dispose'),
      suppressed: new Error('in body'),
    })
    expect(await chain(error)).toEqual([
      '- reported both failed',
      '0 cause in dispose',
      '0 suppressed in body',
    ])
  })

  it('shows causes that are no errors, falsy ones too', async () => {
    expect(await chain(new Error('x', { cause: 0 }))).toEqual(['- reported x', '0 cause 0'])
    expect(await chain(new Error('x', { cause: '' }))).toEqual(['- reported x', '0 cause '])
  })

  it('takes the errors of a validation library for properties', async () => {
    const error = Object.assign(new Error('invalid'), { errors: [{ field: 'name' }] })
    const report = await buildReport(error)
    expect(report.errors).toHaveLength(1)
    expect(report.errors[0]?.properties.map(({ key }) => key)).toEqual(['errors'])
  })

  it('stops at a circle and at fifty, and counts the rest', async () => {
    const circle = new Error('circle')
    circle.cause = new Error('back', { cause: circle })
    expect(await chain(circle)).toHaveLength(2)
    const many = new AggregateError(
      Array.from({ length: 80 }, () => new Error('one')),
      'many',
    )
    const report = await buildReport(many, { roots: [] })
    expect([report.errors.length, report.moreErrors]).toEqual([50, 31])
  })
})

describe('what is told of an error', () => {
  it('its own properties, but nothing twice', async () => {
    const error = Object.assign(new Error('x', { cause: 1 }), {
      code: 'E_X',
      status: 404,
      password: 'hunter2',
    })
    const [first] = (await buildReport(error)).errors
    expect(first?.code).toBe('E_X')
    expect(first?.properties.map(({ key, value }) => `${key}=${value.text}`)).toEqual([
      'status=404',
      'password=[masked]',
    ])
  })

  it('the class of an error that has set no name', async () => {
    class ShopError extends Error {}
    expect((await buildReport(new ShopError('x'))).errors[0]?.name).toBe('ShopError')
    expect((await buildReport(Object.assign(new ShopError('x'), { name: 'Given' }))).errors[0]?.name).toBe(
      'Given',
    )
  })

  it('no more than a hundred frames', async () => {
    const stack = `Error: x\n${'    at f (/a.js:1:1)\n'.repeat(150)}`
    const [first] = (await buildReport(Object.assign(new Error('x'), { stack }))).errors
    expect([first?.frames.length, first?.moreFrames]).toEqual([100, 50])
  })
})

describe('the source of a frame', () => {
  it('is the same object in the reports of two errors of one place, so that its drawing is kept', async () => {
    const fail = (): Promise<unknown> =>
      thrownBy(() => {
        throw new Error('again')
      })
    const reports: Report[] = []
    for (let count = 0; count < 2; count++) {
      // So that both are thrown under the same stack.
      await Promise.resolve()
      reports.push(await buildReport(await fail()))
    }
    const [one, two] = reports as [Report, Report]
    const sources = one.errors[0]?.frames.map(({ source }) => source) ?? []
    expect(sources.filter((source) => source !== undefined).length).toBeGreaterThan(1)
    for (const [index, source] of sources.entries()) expect(two.errors[0]?.frames[index]?.source).toBe(source)
  })
})

describe('the fingerprint', () => {
  const fail = (message: string): Promise<unknown> =>
    thrownBy(() => {
      throw new Error(message)
    })

  it('is the same for the same place, whatever the message, and differs elsewhere', async () => {
    const [one, two] = [await fail('user 1'), await fail('user 2')]
    const other = new Error('user 1')
    const prints = await Promise.all(
      [one, two, other].map(async (error) => (await buildReport(error)).fingerprint),
    )
    expect(prints[0]).toMatch(/^[0-9a-f]{16}$/)
    expect(prints[1]).toBe(prints[0])
    expect(prints[2]).not.toBe(prints[0])
  })

  it('goes by the message without its numbers where there are no frames', async () => {
    const print = async (value: unknown): Promise<string> => (await buildReport(value)).fingerprint
    expect(await print('lost 12 items')).toBe(await print('lost 3 items'))
    expect(await print('lost 12 items')).not.toBe(await print('found 12 items'))
  })
})

describe('the request', () => {
  it('is told with credentials masked, headers in order', async () => {
    const { error, req } = await failureOf('/checkout/1?password=hunter2&page=2')
    const { request } = await buildReport(error, req ? { req } : {})
    expect(request).toMatchObject({
      method: 'GET',
      url: '/checkout/1?password=[masked]&page=2',
      httpVersion: '1.1',
    })
    const headers = Object.fromEntries(request?.headers ?? [])
    expect(headers).toMatchObject({ accept: 'text/html', authorization: '[masked]', cookie: '[masked]' })
  })

  it('is told as it came, before a mount rewrote it', async () => {
    const req = {
      method: 'GET',
      url: '/inner',
      originalUrl: '/outer/inner',
      httpVersion: '1.1',
      rawHeaders: [],
      socket: { remoteAddress: '::1' },
    }
    const { request } = await buildReport(new Error('x'), { req: req as never })
    expect(request).toMatchObject({ url: '/outer/inner', remoteAddress: '::1' })
  })

  it.each([
    ['null', null],
    ['an empty object', {}],
    [
      'a Proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('broken')
          },
        },
      ),
    ],
  ])('that is %s does no harm', async (_name, req) => {
    expect((await buildReport(new Error('x'), { req: req as never })).errors).toHaveLength(1)
  })
})

describe('what the caller gives', () => {
  it('a valuesOf that throws is passed over', async () => {
    const valuesOf = (): never => {
      throw new Error('broken')
    }
    expect((await buildReport(new Error('x'), { valuesOf })).errors[0]?.frames[0]?.values).toBeUndefined()
  })

  it('shows source that is hostile itself as text', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'hostile-source-')))
    const file = join(folder, 'x.mjs')
    await writeFile(
      file,
      "export const f = () => { throw new Error('</script><img src=x onerror=alert(1)>`${') } // </pre>\n",
    )
    const { f } = (await import(/* @vite-ignore */ file)) as { f: () => void }
    const page = await renderHtml(await buildReport(await thrownBy(f), { roots: [folder] }))
    expect(page).toContain('// &lt;/pre&gt;')
    expect(page).not.toContain('<img')
    await rm(folder, { recursive: true })
  })
})
