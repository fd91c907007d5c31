import { readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { Spool } from '../../src/logger/spool.ts'
import { createLogger, fileSink, htmlSink } from '../../src/logger.ts'
import { temporaryFolder } from './temporary.ts'

/** In a folder that others may write to, a link can wait where a file is going to be. */
const at = temporaryFolder()

/** A folder with a link at the name that a file has before it is whole, and the file of somebody that it leads to. */
function planted(name: string, file: string) {
  const folder = at(name)
  const victim = at(`${name}-victim`)
  writeFileSync(victim, 'mine')
  return {
    folder,
    plant: () => symlinkSync(victim, join(folder, `${file}.${process.pid}.tmp`)),
    victim: () => readFileSync(victim, 'utf8'),
  }
}

it('a page of an error is written beside a link that somebody has planted, not through it', async () => {
  const { folder, plant, victim } = planted('pages', 'last.html')
  const sink = htmlSink(join(folder, 'last.html'))
  plant()
  const log = createLogger({ sinks: [sink], uncaught: false })
  log.error(new Error('shown'))
  await log.close()
  expect(victim()).toBe('mine')
  expect(readFileSync(join(folder, 'last.html'), 'utf8')).toContain('shown')
})

it('so are the files of a spool, and their bookmarks', () => {
  const file = `1600000000000000-${process.pid}-${threadId}.spool`
  const { folder, plant, victim } = planted('spool', file)
  const spool = new Spool(folder, 1_000_000)
  plant()
  symlinkSync(at('spool-victim'), join(folder, `${file}.tmp`))
  symlinkSync(at('spool-victim'), join(folder, `${file}.done`))
  spool.put(['a', 'b'], 1_600_000_000_000_000)
  spool.take(1)?.done()
  expect(victim()).toBe('mine')
  expect(readFileSync(join(folder, file), 'utf8')).toBe('"a"\n"b"\n')
  expect(readFileSync(join(folder, `${file}.done`), 'utf8')).toBe('1')
  spool.close()
})

it('and what is compressed', async () => {
  const old = 'app.2013-01-08_12-50-45.log'
  const { folder, plant, victim } = planted('archive', old)
  const first = fileSink(join(folder, 'app.log'))
  await first.close?.()
  writeFileSync(join(folder, old), 'old line\n')
  utimesSync(join(folder, old), 1, 1)
  plant()
  const sink = fileSink(join(folder, 'app.log'), { compress: 'gzip' })
  await expect.poll(() => readdirSync(folder), { timeout: 10_000 }).toContain(`${old}.gz`)
  await sink.close?.()
  expect(victim()).toBe('mine')
  rmSync(folder, { recursive: true })
})
