import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type BenchResult,
  keptResults,
  performancePage,
  performancePictures,
} from '../../scripts/docs/performance-page.ts'

const docs = new URL('../../docs/', import.meta.url)
const kept = keptResults(new URL('../../bench/results/', import.meta.url))

const RESULT: BenchResult = {
  name: 'access',
  about: 'Requests.',
  measured: '2026-01-01',
  machine: { cpu: 'a cpu', cores: 2, memoryGb: 8, node: 'v20.20.2' },
  versions: { morgan: '1.12.1' },
  remarks: ['What remains.'],
  tables: [
    {
      title: 'http <1>',
      columns: [{ name: 'variant' }, { name: 'ratio', digits: 2 }],
      rows: [
        ['accessLog', { low: 1.1, median: 1.2, high: 1.31 }],
        ['morgan', 2],
        ['none', null],
      ],
      plot: 1,
    },
  ],
}

describe('the page of the benchmarks', () => {
  it('is what the kept results give; `npm run docs` writes it', () => {
    expect(kept.length).toBeGreaterThan(0)
    expect(readFileSync(new URL('performance.md', docs), 'utf8')).toBe(performancePage(kept))
    for (const [path, picture] of performancePictures(kept)) {
      expect(readFileSync(new URL(path, docs), 'utf8')).toBe(picture)
    }
  })

  it('shows medians with quartiles, the machine, versions and remarks', () => {
    const page = performancePage([RESULT])
    expect(page).toContain('| accessLog | 1.20 [1.10–1.31] |\n| morgan | 2.00 |\n| none | – |')
    expect(page).toContain('Node v20.20.2, 2 cores of a cpu, 8 GB. Peers: morgan 1.12.1.')
    expect(page).toContain('What remains.')
  })

  it('draws a bar for each number, and nothing for none', () => {
    const picture = performancePictures([RESULT]).get('images/performance-access-1.svg') ?? ''
    expect(picture.match(/<rect /g)).toHaveLength(2)
    expect(picture.match(/class="ours" x="220"/g)).toHaveLength(1)
    expect(picture).toContain('http &lt;1&gt;')
  })

  it('draws what is less than nothing to the left of zero, and tells where zero is', () => {
    const less: BenchResult = {
      ...RESULT,
      tables: [
        {
          title: 'Added',
          columns: [{ name: 'variant' }, { name: 'µs' }],
          rows: [
            ['accessLog', { low: -60, median: -50, high: -40 }],
            ['morgan', { low: 40, median: 50, high: 60 }],
          ],
          plot: 1,
        },
      ],
    }
    const picture = performancePictures([less]).get('images/performance-access-1.svg') ?? ''
    const number = (pattern: RegExp): number => Number(pattern.exec(picture)?.[1])
    const zero = number(/class="axis" d="M([\d.]+) /)
    const width = number(/class="ours" [^>]*width="([\d.]+)"/)
    expect(zero).toBe(435)
    expect(number(/class="ours" x="([\d.]+)"/) + width).toBeCloseTo(zero)
    expect(width).toBeCloseTo(number(/class="peer" [^>]*width="([\d.]+)"/))
    expect(number(/class="peer" x="([\d.]+)"/)).toBe(zero)
    // The whisker of the least begins where the labels end, and its number stands beside zero.
    expect(picture).toContain('d="M220.0 34H')
    expect(picture).toContain('<text x="443.0" y="38">-50.0</text>')
  })

  it('draws a line for each column that grows, ours apart from others', () => {
    const growth: BenchResult = {
      ...RESULT,
      tables: [
        {
          title: 'Errors',
          columns: [{ name: 'errors' }, { name: 'bare, KiB' }, { name: 'rocksolid, KiB', digits: 0 }],
          rows: [
            ['10', 0, 50],
            ['100', { low: 1, median: 2, high: 3 }, 80],
            ['1,000', null, 100],
          ],
          curves: [1, 2],
        },
      ],
    }
    const picture = performancePictures([growth]).get('images/performance-access-1.svg') ?? ''
    expect(performancePage([growth])).toContain('![Errors](images/performance-access-1.svg)')
    expect(picture.match(/class="ours-line" d="M70.0 \d+/g)).toHaveLength(1)
    expect(picture).toContain('class="peer-line"')
    expect(picture).toContain('>rocksolid 100</text>')
    expect(picture).toContain('Errors, KiB')
    expect(picture).toContain('d="M70 34V186H530"')
    const [table] = growth.tables
    const falling = {
      ...growth,
      tables: [
        {
          ...table,
          rows: [
            ['10', 0, 0],
            ['100', 0, -10],
          ],
        },
      ],
    } as BenchResult
    const below = performancePictures([falling]).get('images/performance-access-1.svg') ?? ''
    expect(below).toContain('d="M70 34V186M70 34.0H530"')
    expect(below).toContain('>-10.0</text>')
  })
})
