import { describe, expect, it } from 'vitest'
import { Spool } from '../../src/logger/spool.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()

describe('a spool', () => {
  it('remembers over a restart what of a file was delivered', () => {
    const folder = at('restarted')
    const first = new Spool(folder, 1_000_000)
    first.put(['a', 'b', 'c', 'd'], first.nextPlace())
    first.take(3)?.done()
    first.close()
    const second = new Spool(folder, 1_000_000)
    expect(second.take(9)?.items).toEqual(['d'])
    second.close()
  })

  it('that is full gives up the oldest, but not what is being delivered', () => {
    const spool = new Spool(at('full'), 1000)
    const item = 'x'.repeat(400)
    spool.put(['first', 'second'], spool.nextPlace())
    const delivered = spool.take(1)
    expect(delivered?.items).toEqual(['first'])
    expect([1, 2, 3].map(() => spool.put([item], spool.nextPlace()))).toEqual([0, 0, 1])
    delivered?.done()
    expect(spool.take(9)?.items).toEqual(['second'])
    spool.close()
  })
})
