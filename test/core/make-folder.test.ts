import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/core/make-folder.ts'
import { createLogger, fileSink, withLogging } from '../../src/logger.ts'

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-folder-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('makeFolder()', () => {
  it('makes all that is missing, and nothing twice', () => {
    const deep = join(folder, 'a', 'b', 'c')
    makeFolder(deep)
    makeFolder(deep)
    expect(existsSync(deep)).toBe(true)
  })

  it('fails where a file stands in the way, and where no folder can be made, instead of trying for ever', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow(/ENOTDIR|EEXIST/)
    if (existsSync('/proc/self'))
      expect(() => makeFolder('/proc/nowhere/below')).toThrow(/ENOENT|EACCES|EPERM/)
  })

  it.runIf(existsSync('/proc/self'))('lets a log file in such a place be a clear error at the start', () => {
    const wanted = '/proc/nowhere/app.log'
    expect(() => withLogging(() => {}, { toFile: wanted })).toThrow(/\/proc\/nowhere\/app\.log/)
    expect(() => createLogger({ sinks: [fileSink(wanted)] })).toThrow(/Allowed|Choose|Give/)
  })
})
