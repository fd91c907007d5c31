import { describe, expect, it } from 'vitest'
import { highlightLines } from '../../src/report/html/highlight.ts'
import { timesLonger } from '../support/growth.ts'

const draw = (...lines: string[]): string[] => highlightLines(lines, 'x.ts').map((line) => line.text)
/** The tokens of a kind. */
const tokens = (kind: string, ...lines: string[]): string[] =>
  draw(...lines).flatMap((line) =>
    [...line.matchAll(new RegExp(`<span class="${kind}">(.*?)</span>`, 'g'))].map((match) => match[1] ?? ''),
  )
const plain = (line: string): string =>
  line
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

describe('highlightLines', () => {
  it('marks keywords, strings, numbers, calls, types and comments', () => {
    const line = 'const total = sum(1_000n, "x", /a\\/b[/]/g) as Total // done'
    expect(tokens('k', line)).toEqual(['const', 'as'])
    expect(tokens('n', line)).toEqual(['1_000n'])
    expect(tokens('s', line)).toEqual(['&quot;x&quot;', '/a\\/b[/]/g'])
    expect(tokens('f', line)).toEqual(['sum'])
    expect(tokens('t', line)).toEqual(['Total'])
    expect(tokens('c', line)).toEqual(['// done'])
  })

  it('tells division from an expression', () => {
    expect(tokens('s', 'a / b / c; x = (a) / 2; y[0] / z / 2')).toEqual([])
    expect(tokens('s', 'return /x/.test(y) && /z/i')).toEqual(['/x/', '/z/i'])
  })

  it('keeps templates and comments open over lines', () => {
    expect(tokens('s', 'a = `one ${b + `in ${c}`} two', 'three` + d').join('')).toBe(
      '`one ${`in ${}`} twothree`',
    )
    expect(tokens('c', '/* one', 'two', 'three */ x')).toEqual(['/* one', 'two', 'three */'])
  })

  it('sees that the excerpt begins inside a comment', () => {
    expect(tokens('c', ' * about it', ' */', 'const a = 1')).toEqual([' * about it', ' */'])
  })

  it('does not take property names for keywords', () => {
    expect(tokens('k', 'map.delete(a.default)')).toEqual([])
  })

  it('changes no character of any source, and adds no markup but its own', () => {
    const lines = [
      '</script><img src=x onerror=alert(1)>"\'`',
      'const a = \'it\\\'s\' + "<b>" + `<i>${"</i>"}`',
      "don't stop",
      '@decorator #private \u{1f600} ü «»',
      '<div className="x">{items.map((i) => <Item key={i} />)}</div>',
      '\t\t/* open',
    ]
    draw(...lines).forEach((line, index) => {
      expect(plain(line)).toBe(lines[index])
      expect(line.replace(/<span class="[kscnft]">|<\/span>/g, '')).not.toContain('<')
    })
  })

  it('leaves other languages plain', () => {
    expect(highlightLines(['const a = 1'], 'x.vue')[0]?.text).toBe('const a = 1')
  })

  it.each(['"', "'", '`', '/', '/[', '${', '\\', 'a/', '0x', '1e', '/*', '(/'])(
    'takes no more than some times the time of plain code for lines of %s',
    async (unit) => {
      const drawn = (text: string): unknown =>
        draw(...Array.from({ length: 50 }, () => text.repeat(400).slice(0, 800)))
      const ratio = await timesLonger(
        () => drawn(unit),
        () => drawn('call(name, 12); '),
      )
      expect(ratio).toBeLessThan(40)
    },
  )
})
