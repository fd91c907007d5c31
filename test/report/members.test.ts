import { describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { renderText } from '../../src/report/render-text.ts'

async function ask(name: string): Promise<never> {
  throw Object.assign(new Error(`${name} did not answer`), { code: 'ETIMEDOUT' })
}

const failedAlike = async (): Promise<unknown> => {
  try {
    return await Promise.any(['mail', 'stock', 'bank'].map(ask))
  } catch (error) {
    return error
  }
}

describe('members of an aggregate that failed alike', () => {
  it('have one hint, about the one that is shown', async () => {
    const report = await buildReport(await failedAlike())
    expect(report.hints?.map(({ error }) => report.errors[error]?.message)).toEqual(['mail did not answer'])
    expect(await renderHtml(report)).not.toContain('About <a')
  })

  it('show in a terminal the code around once, and the failing line each time', async () => {
    const text = renderText(await buildReport(await failedAlike()))
    expect(text.match(/> +\d+ │ {3}throw Object\.assign/g)).toHaveLength(3)
    expect(text.match(/\d+ │ async function ask/g)).toHaveLength(1)
  })
})

describe('the headline of a long message', () => {
  const heroOf = async (message: string): Promise<string> => {
    const page = await renderHtml(await buildReport(new Error(message)))
    return /<h1[\s\S]*?<\/h1>/.exec(page)?.[0] ?? ''
  }
  const faults = Array.from({ length: 20 }, (_, at) => `  fault ${at}`).join('\n')

  it.each(['', '\n', ' \n\n'])(
    'is its first line that says something, the rest a text to scroll in',
    async (blank) => {
      const hero = await heroOf(`${blank}The order has 20 faults:\n${faults}`)
      expect(hero).toContain('<span class="rs-message">The order has 20 faults:</span>')
      expect(hero).toContain('<span class="rs-message rs-long" tabindex="0">  fault 0\n')
    },
  )

  it.each([
    ['is long itself', `${'x'.repeat(200)}\n${faults}`],
    ['begins a colour', `\x1b[31mred\n${faults}\x1b[39m`],
  ])('is not taken from it when its first line %s', async (_why, message) => {
    const hero = await heroOf(message)
    expect(hero.match(/rs-message/g)).toHaveLength(1)
    expect(hero).toContain('fault 19')
  })
})
