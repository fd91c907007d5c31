import { describe, expect, it } from 'vitest'
import { simplifyAnsi } from '../../src/report/html/sgr.ts'
import { cpuMs } from '../support/growth.ts'

/** With `ESC[` as `<` and `m` as `>`, which are easier to read. */
const simple = (text: string): string =>
  simplifyAnsi(text.replaceAll('<', '\x1b[').replaceAll('>', 'm'), (part) => part.toUpperCase())
    .replaceAll('\x1b[', '<')
    .replace(/(<\d+)m/g, '$1>')

describe('simplifyAnsi', () => {
  it.each([
    ['<31>red<39> plain', '<31>RED<39> PLAIN'],
    ['<1;31>both<0>none', '<1><31>BOTH<39><22>NONE'],
    ['<31>a<32>b', '<31>A<39><32>B<39>'],
    ['<91>bright<107>back', '<31>BRIGHT<39><47><31>BACK<39><49>'],
    ['<90>gray', '<90>GRAY<39>'],
    ['<38;5;196>palette<38;2;0;255;0>true', '<31>PALETTE<39><32>TRUE<39>'],
    ['<38;5;21>blue<48;5;226>yellow', '<34>BLUE<39><43><34>YELLOW<39><49>'],
    ['<3;4;9>marks<23;24;29>none', '<3><4><9>MARKS<29><24><23>NONE'],
    ['<8>hidden<5>blink', 'HIDDENBLINK'],
    ['<38>a<48;9>b<38;5>c', 'AB<30>C<39>'],
  ])('%s', (text, expected) => {
    expect(simple(text)).toBe(expected)
  })

  it('drops links, titles, cursor moves and what is cut off', () => {
    const text =
      'a\x1b]8;;http://x\x07b\x1b]8;;\x1b\\c\x1b[2J\x1b[10;10Hd\x1b]0;title\x07e\x1bMf\x9b31mg\x1b[39mh\x1b['
    expect(simplifyAnsi(text, (part) => part).replace(/\x1b\[\d+m/g, '')).toBe('abcdefgh[')
  })

  it('takes linear time for a megabyte of anything', async () => {
    for (const unit of ['\x1b[', '\x1b[1;', '\x1b]', '\x1b', '\x1b[31m', '\x9b1']) {
      const took = await cpuMs(() => simplifyAnsi(unit.repeat(200_000), (part) => part))
      expect(took).toBeLessThan(1500)
    }
  })
})
