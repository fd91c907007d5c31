import { describe, expect, it } from 'vitest'
import {
  frameItems,
  mainFrameIndex,
  ownerOf,
  shownFunction,
  shownPlace,
} from '../../src/report/frame-groups.ts'
import type { ReportFrame } from '../../src/report/report.ts'

const frame = (
  kind: ReportFrame['kind'],
  functionName: string,
  line = 1,
  more: Partial<ReportFrame> = {},
): ReportFrame => ({
  file: kind === 'runtime' ? 'node:net' : `/app/${functionName}.js`,
  line,
  column: 1,
  functionName,
  isAsync: false,
  isConstructor: false,
  kind,
  package: kind === 'dependency' ? { name: 'express', version: '5.1.0' } : undefined,
  compiled: undefined,
  raw: `${functionName} (…)`,
  source: undefined,
  ...more,
})

const told = (frames: readonly ReportFrame[]): string[] =>
  frameItems(frames).map((item) => (item.type === 'frame' ? (item.frame.functionName ?? '') : item.label))

describe('frameItems', () => {
  it('folds all that lies between two frames of the application, and names whose it is', () => {
    const frames = [
      frame('app', 'a'),
      frame('dependency', 'x'),
      frame('dependency', 'y'),
      frame('runtime', 'n'),
      frame('app', 'b'),
    ]
    expect(told(frames)).toEqual(['a', '3 frames of express 5.1.0 and the runtime', 'b'])
    const of = (name: string) => frame('dependency', name, 1, { package: { name, version: '1.0.0' } })
    expect(told([of('one'), of('two'), of('one'), frame('runtime', 'n')])).toEqual([
      '4 frames of one 1.0.0, two 1.0.0 and the runtime',
    ])
    expect(told(['one', 'two', 'three', 'four'].map(of))).toEqual([
      '4 frames of one 1.0.0, two 1.0.0 and 2 others',
    ])
  })

  it('folds a function that calls itself', () => {
    const frames = [
      frame('app', 'top'),
      ...Array.from({ length: 50 }, () => frame('app', 'again')),
      frame('app', 'end'),
    ]
    expect(told(frames)).toEqual(['top', 'again', 'this call repeated 49 more times', 'end'])
  })

  it('folds functions that call each other', () => {
    const frames = Array.from({ length: 20 }, (_, index) => frame('app', index % 2 === 0 ? 'ping' : 'pong'))
    expect(told(frames)).toEqual(['ping', 'pong', 'these 2 calls repeated 9 more times'])
  })

  it('folds functions that call each other through the runtime', () => {
    const round = [
      frame('app', 'each'),
      frame('runtime', 'Array.map', 0, {
        file: undefined,
        line: undefined,
        column: undefined,
        raw: 'Array.map',
      }),
      frame('app', 'walk'),
    ]
    const frames = [frame('app', 'top'), ...Array.from({ length: 30 }, () => round).flat()]
    expect(told(frames)).toEqual([
      'top',
      'each',
      '1 frame of the runtime: Array.map',
      'walk',
      'these 3 calls repeated 29 more times',
    ])
  })

  it('does not fold two calls', () => {
    expect(told([frame('app', 'a'), frame('app', 'a')])).toEqual(['a', 'a'])
  })

  it('has every frame in exactly one item', () => {
    const frames = Array.from({ length: 60 }, (_, index) =>
      frame(index % 7 === 0 ? 'dependency' : 'app', `f${index % 3}`),
    )
    const indices = frameItems(frames).flatMap((item) =>
      item.type === 'frame' ? [item.index] : item.frames.map((one) => one.index),
    )
    expect(indices).toEqual(frames.map((_, index) => index))
  })
})

describe('mainFrameIndex', () => {
  it('prefers the application, then a dependency, then anything', () => {
    expect(mainFrameIndex([frame('runtime', 'n'), frame('dependency', 'd'), frame('app', 'a')])).toBe(2)
    expect(mainFrameIndex([frame('runtime', 'n'), frame('dependency', 'd')])).toBe(1)
    expect(mainFrameIndex([frame('runtime', 'n')])).toBe(0)
    expect(mainFrameIndex([])).toBe(-1)
  })

  it('prefers a frame whose source can be shown', () => {
    const source = { startLine: 1, lines: ['x'], line: 1, column: 1 }
    expect(mainFrameIndex([frame('app', 'a'), frame('app', 'b', 1, { source })])).toBe(1)
  })
})

describe('what is shown of a frame', () => {
  it('its function', () => {
    expect(shownFunction(frame('app', 'save', 1, { isAsync: true, isConstructor: true }))).toBe(
      'async new save',
    )
    expect(shownFunction(frame('app', 'x', 1, { functionName: undefined }))).toBe('<anonymous>')
  })

  it('its place, relative to the working directory', () => {
    expect(shownPlace(frame('app', 'a', 12), '/app')).toBe('a.js:12:1')
    expect(shownPlace(frame('app', 'a', 12), '/ap')).toBe('/app/a.js:12:1')
    expect(shownPlace(frame('app', 'a', 12, { column: undefined }), '/app')).toBe('a.js:12')
    expect(shownPlace(frame('app', 'a', 1, { file: undefined, line: undefined }), '/app')).toBe('<anonymous>')
  })

  it('its place on Windows', () => {
    expect(shownPlace(frame('app', 'a', 12, { file: 'C:\\app\\src\\a.ts' }), 'C:\\app')).toBe(
      'src\\a.ts:12:1',
    )
  })

  it('its owner', () => {
    expect(ownerOf(frame('dependency', 'x', 1, { package: { name: 'a', version: undefined } }))).toBe('a')
  })
})
