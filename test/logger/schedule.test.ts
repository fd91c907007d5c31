import { describe, expect, it } from 'vitest'
import { parseRotation } from '../../src/logger/schedule.ts'

/** A Tuesday, by the clock on the wall. */
const TUESDAY = new Date(2013, 0, 8, 12, 50, 45).getTime()
const at = (day: number, hour = 0, minute = 0, second = 0): number =>
  new Date(2013, 0, day, hour, minute, second).getTime()

describe('a file that is begun on Tuesday 8 January 2013 at 12:50:45', () => {
  it.each([
    ['hourly', at(8, 13)],
    ['daily', at(9)],
    ['midnight', at(9)],
    ['weekly', at(14)],
    ['monthly', at(32)],
    ['18:00', at(8, 18)],
    ['12:00', at(9, 12)],
    ['tuesday', at(15)],
    ['monday at 12:00', at(14, 12)],
    ['4 days', at(12, 12, 50, 45)],
    ['1h 30min', at(8, 14, 20, 45)],
    // Python's, whose week begins on Monday.
    ['s', at(8, 12, 50, 46)],
    ['d', at(9, 12, 50, 45)],
    ['w0', at(14)],
    ['w6', at(13)],
  ])('is full by time with %s', (rule, due) => {
    expect(new Date(parseRotation(rule).dueAt?.(TUESDAY) ?? 0)).toEqual(new Date(due))
  })
})
